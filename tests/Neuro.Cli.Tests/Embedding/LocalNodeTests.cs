using Neuro.Cli.Embedding;
using Neuro.Client.Api;

namespace Neuro.Cli.Tests.Embedding;

public sealed class LocalNodeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Joined_FolderCannotBeWritten_SaysSoInsteadOfWaitingForEver()
    {
        var file = Path.GetTempFileName();
        await using var node = new LocalNode(new Uri("http://127.0.0.1:1/"), "key", file, _ => { });
        var refused = await Should.ThrowAsync<NeuroException>(() => node.JoinedAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel));
        refused.Code.ShouldBe("node.did_not_start");
        File.Delete(file);
    }
}
