using System.Diagnostics;
using Neuro.Backend.Artifacts;

namespace Neuro.Backend.Tests.Artifacts;

/// <summary>s3rver, an S3 store for tests from the npm registry, with one empty bucket; installed once a machine into the folder of temporary files.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    private const string Version = "3.7.1";
    private const string Bucket = "neuro";
    private static readonly SemaphoreSlim Installing = new(1);
    private readonly Process process;
    private readonly string folder;

    private S3Server(Process process, string folder, Uri endpoint)
    {
        (this.process, this.folder) = (process, folder);
        Options = new S3Options(endpoint, Bucket, "S3RVER", "S3RVER"); // The only keys that it knows.
    }

    public S3Options Options { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<S3Server> StartAsync()
    {
        var node = Requires.Program("node", "apt install nodejs npm");
        var script = await InstallAsync(Requires.Program("npm", "apt install nodejs npm"));
        var folder = Directory.CreateTempSubdirectory("neuro-s3-").FullName;
        var process = Process.Start(new ProcessStartInfo(node, [script, "-d", folder, "-a", "127.0.0.1", "-p", "0", "-s", "--no-vhost-buckets", "--configure-bucket", Bucket]) { RedirectStandardOutput = true })!;
        const string Listening = "S3rver listening on ";
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(Cancel);
        }
        while (line is not null && !line.StartsWith(Listening, StringComparison.Ordinal));
        return new(process, folder, new Uri("http://" + line.ShouldNotBeNull("s3rver did not start")[Listening.Length..]));
    }

    /// <summary>The names of all objects.</summary>
    public string[] Objects() => [.. Directory.GetFiles(Path.Combine(folder, Bucket), "*._S3rver_object", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Path.Combine(folder, Bucket), path).Replace("._S3rver_object", "")).Order(StringComparer.Ordinal)];

    /// <summary>Changes an object behind everybody's back.</summary>
    public void Spoil(string name) => File.WriteAllBytes(Path.Combine(folder, Bucket, name + "._S3rver_object"), [6, 6, 6]);

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> InstallAsync(string npm)
    {
        var target = Path.Combine(Path.GetTempPath(), $"neuro-s3rver-{Version}-{Environment.UserName}");
        var script = Path.Combine(target, "node_modules", "s3rver", "bin", "s3rver.js");
        await Installing.WaitAsync(Cancel);
        try
        {
            if (!File.Exists(script))
            {
                // Beside, and then under its name: what is cut off leaves nothing half.
                var partial = target + "." + Guid.NewGuid().ToString("N");
                using var install = Process.Start(new ProcessStartInfo(npm, ["install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts", "--prefix", partial, $"s3rver@{Version}"]))!;
                await install.WaitForExitAsync(Cancel);
                Requires.True(install.ExitCode == 0, $"npm could not install s3rver@{Version}: let this machine reach the npm registry");
                if (!Directory.Exists(target))
                {
                    Directory.Move(partial, target);
                }
            }

            return script;
        }
        finally
        {
            Installing.Release();
        }
    }
}
