using Neuro.Client.Api;

namespace Neuro.Client.Tests.Api;

public sealed class DataFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Connection_Written_ReadsBackAndIsForItsUserAlone()
    {
        var connection = new Connection("http://127.0.0.1:5080/", "secret", 42);

        connection.Write(folder);

        Connection.Read(folder).ShouldBe(connection);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(folder, "platform.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Connection_Deleted_IsNull()
    {
        new Connection("http://127.0.0.1:5080/", "secret", 42).Write(folder);
        Connection.Delete(folder);
        Connection.Read(folder).ShouldBeNull();
    }

    [Fact]
    public void Connection_Garbage_NamesTheFileAndTheWayOut()
    {
        File.WriteAllText(Path.Combine(folder, "platform.json"), "{ half");
        var error = Should.Throw<NeuroException>(() => Connection.Read(folder));
        error.Message.ShouldContain(folder);
        error.Message.ShouldContain("neuro up");
    }
}
