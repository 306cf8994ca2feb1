using System.Globalization;

namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>A user of this machine, from /etc/passwd (<c>name:x:101:104:comment:/home:/bin/sh</c>).</summary>
internal sealed record UnixAccount(string Name, int UserId, int GroupId)
{
    public static UnixAccount? Find(string name)
    {
        if (!File.Exists("/etc/passwd"))
        {
            return null;
        }

        var fields = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .FirstOrDefault(fields => fields.Length >= 4 && fields[0] == name);
        return fields is null
            ? null
            : new UnixAccount(name, int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
    }
}
