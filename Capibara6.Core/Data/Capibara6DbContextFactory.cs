using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Capibara6.Core.Data;

/// <summary>Makes the context for <c>dotnet ef migrations add</c>, which reads the model and connects to nothing.</summary>
internal sealed class Capibara6DbContextFactory : IDesignTimeDbContextFactory<Capibara6DbContext>
{
    public Capibara6DbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<Capibara6DbContext>().UseNpgsql().UseSnakeCaseNamingConvention().Options);
}
