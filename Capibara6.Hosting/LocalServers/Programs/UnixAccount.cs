namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>A user of this machine, from /etc/passwd (<c>name:x:101:104:comment:/home:/bin/sh</c>).</summary>
internal sealed record UnixAccount(string Name, int UserId, int GroupId)
{
    public static UnixAccount? Find(string name) => (File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd") : [])
        .Select(static line => line.Split(':'))
        .Where(fields => fields.Length >= 4 && fields[0] == name)
        .Select(static fields => new UnixAccount(fields[0], int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture)))
        .FirstOrDefault();
}
