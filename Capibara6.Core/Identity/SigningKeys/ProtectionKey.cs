using Capibara6.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Core.Identity.SigningKeys;

/// <summary>An element of the host's key ring (Data Protection), as text that only the host understands.</summary>
public sealed class ProtectionKey
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Xml { get; init; }
}

internal sealed class ProtectionKeyConfiguration : IEntityTypeConfiguration<ProtectionKey>
{
    public void Configure(EntityTypeBuilder<ProtectionKey> builder)
    {
        builder.ToTable("protection_keys");
        builder.HasKey(key => key.Id);
        builder.Property(key => key.Name).HasMaxLength(200);
    }
}

/// <summary>Keeps the host's key ring in PostgreSQL, so that replicas share it. Synchronous, because Data Protection is.</summary>
public interface IProtectionKeyStore
{
    IReadOnlyList<string> ReadAll();

    void Add(string name, string xml);
}

internal sealed class ProtectionKeyStore(IServiceScopeFactory scopes, TimeProvider time) : IProtectionKeyStore
{
    public IReadOnlyList<string> ReadAll()
    {
        using var scope = scopes.CreateScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        return [.. database.Set<ProtectionKey>().AsNoTracking().OrderBy(key => key.Id).Select(key => key.Xml)];
    }

    public void Add(string name, string xml)
    {
        using var scope = scopes.CreateScope();
        var database = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
        database.Add(new ProtectionKey { Id = Guid.CreateVersion7(time.GetUtcNow()), Name = name, Xml = xml });
        database.SaveChanges();
    }
}
