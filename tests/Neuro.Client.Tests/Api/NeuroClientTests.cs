using Neuro.Client.Api;

namespace Neuro.Client.Tests.Api;

public sealed class NeuroClientTests
{
    [Fact]
    public async Task Connect_NobodyListens_SaysSoInOneSentenceWithTheWayOut()
    {
        using var free = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var url = $"http://{free.LocalEndpoint}";
        free.Stop();

        var error = await Should.ThrowAsync<NeuroException>(() => NeuroClient.ConnectAsync(url, "key", TestContext.Current.CancellationToken));

        error.Code.ShouldBe("platform.unreachable");
        error.Message.ShouldContain(url);
        error.Message.ShouldContain("neuro up");
    }

    [Fact]
    public async Task Connect_NotAnAddress_NamesIt()
    {
        var error = await Should.ThrowAsync<NeuroException>(() => NeuroClient.ConnectAsync("neuro.example", "key", TestContext.Current.CancellationToken));
        error.Code.ShouldBe("platform.bad_url");
        error.Message.ShouldContain("'neuro.example'");
    }
}
