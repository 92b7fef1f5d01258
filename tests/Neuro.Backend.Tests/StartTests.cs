using Neuro.Client.Api;

namespace Neuro.Backend.Tests;

public sealed class StartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_FolderInUse_SaysSo()
    {
        await using var platform = await TestPlatform.StartAsync();
        var refused = await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(platform.Options, Cancel));
        refused.Code.ShouldBe("platform.data_folder_in_use");
        refused.Message.ShouldContain(platform.Options.DataFolder);
    }

    [Fact]
    public async Task Start_NewFolder_IsForItsUserAlone()
    {
        Requires.True(!OperatingSystem.IsWindows(), "file modes are those of Unix");
        var parent = Directory.CreateTempSubdirectory("neuro-mode-").FullName;
        var folder = Path.Combine(parent, "data");
        await (await Platform.StartAsync(new PlatformOptions { DataFolder = folder }, Cancel)).DisposeAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Delete(parent, recursive: true);
    }

    [Fact]
    public async Task Start_PortTaken_SaysSoAndLetsTheFolderGo()
    {
        await using var first = await TestPlatform.StartAsync();
        var folder = Directory.CreateTempSubdirectory("neuro-port-").FullName;
        var options = new PlatformOptions { DataFolder = folder, Url = first.Platform.Url.ToString() };
        (await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(options, Cancel))).Code.ShouldBe("platform.port_taken");
        await (await Platform.StartAsync(options with { Url = "http://127.0.0.1:0" }, Cancel)).DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Start_FolderCannotBeMade_SaysSo()
    {
        var file = Path.GetTempFileName();
        var refused = await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(new PlatformOptions { DataFolder = Path.Combine("/proc", "neuro") }, Cancel));
        refused.Code.ShouldBe("platform.folder_read_only");
        refused = await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(new PlatformOptions { DataFolder = Path.Combine(file, "neuro") }, Cancel));
        refused.Code.ShouldBe("platform.folder_read_only");
        File.Delete(file);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1:1")]
    [InlineData("nonsense")]
    public async Task Start_BadUrl_SaysSo(string url) =>
        (await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(new PlatformOptions { DataFolder = "/nowhere", Url = url }, Cancel))).Code.ShouldBe("platform.bad_url");

    [Fact]
    public async Task Start_DatabaseIsNotOne_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-broken-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "neuro.db"), new string('x', 8192), Cancel);
        (await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(new PlatformOptions { DataFolder = folder }, Cancel))).Code.ShouldBe("platform.database_broken");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Start_PostgresAway_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("neuro-away-").FullName;
        var options = new PlatformOptions { DataFolder = folder, PostgresConnectionString = "Host=127.0.0.1;Port=1;Username=x;Database=x" };
        (await Should.ThrowAsync<NeuroException>(() => Platform.StartAsync(options, Cancel))).Code.ShouldBe("platform.database_unreachable");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Start_Secrets_AreForTheirUserAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            Requires.True(false, "needs Unix file modes: run on Linux or macOS");
            return;
        }

        await using var platform = await TestPlatform.StartAsync();
        foreach (var secret in new[] { "first-user.key", "node-owner.key", "keys/receipts.ed25519", "keys/tokens.hmac" })
        {
            File.GetUnixFileMode(Path.Combine(platform.Options.DataFolder, secret)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, secret);
        }
    }

    [Fact]
    public void Describe_DiskFull_SaysSo()
    {
        Requires.True(File.Exists("/dev/full"), "needs /dev/full: run on Linux");
        var failure = Should.Throw<IOException>(() =>
        {
            using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            file.Write([1, 2, 3]);
        });
        var described = Failures.Describe(failure, "/somewhere").ShouldNotBeNull();
        (described.Code, described.Status).ShouldBe(("platform.disk_full", 507));
        described.Message.ShouldContain("/somewhere");
    }
}
