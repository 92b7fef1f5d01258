using System.Text.Json;

namespace Neuro.Client.Api;

/// <summary>Where Neuro keeps things on this machine: <c>NEURO_DATA</c>, else <c>$XDG_DATA_HOME/neuro</c>, else <c>~/.local/share/neuro</c>.</summary>
public static class DataFolder
{
    /// <summary>The folder itself; not made until something is put there.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(
        Environment.GetEnvironmentVariable("NEURO_DATA") is { Length: > 0 } set
            ? set
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "neuro"));

    /// <summary>Artifacts downloaded by this user, by SHA-256.</summary>
    public static string Cache(string? root = null) => System.IO.Path.Combine(root ?? Path, "cache");

    /// <summary>Makes a folder that is its user's alone, unless it is there.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes a file that only this user may read, whole or not at all.</summary>
    public static void WriteSecret(string path, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var temporary = path + "." + Guid.NewGuid().ToString("N")[..8];
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true); // A key that a power cut left empty would lock its owner out.
        }

        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>The address of the platform that runs on this machine, and the key of its first user; kept in the data folder while it runs.</summary>
public sealed record Connection(string Url, string ApiKey, int ProcessId)
{
    private const string FileName = "platform.json";

    /// <summary>The connection left by the platform that runs over <paramref name="dataFolder"/>, or null when none does.</summary>
    public static Connection? Read(string? dataFolder = null)
    {
        var path = Path.Combine(dataFolder ?? DataFolder.Path, FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Connection>(File.ReadAllText(path), NeuroJson.Options) : null;
        }
        catch (JsonException)
        {
            throw new NeuroException("platform.connection_broken", $"{path} is not a connection file any more; delete it and start the platform again with `neuro up`.");
        }
    }

    public void Write(string dataFolder) => DataFolder.WriteSecret(Path.Combine(dataFolder, FileName), JsonSerializer.Serialize(this, NeuroJson.Options));

    public static void Delete(string dataFolder) => File.Delete(Path.Combine(dataFolder, FileName));
}
