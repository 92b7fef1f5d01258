using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Neuro.Backend.Tests.Artifacts;

/// <summary>Callers that open a connection and then take their time.</summary>
public sealed class SlowCallerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Headers_ThatNeverEnd_AreHungUpOn()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { CallerPatience = Patience });
        var (answer, after) = await AskAsync(platform, "GET /v1/platform HTTP/1.1\r\nHost: here\r\nX-Slow: ");
        answer.ShouldStartWith("HTTP/1.1 408");
        after.ShouldBeLessThan(Bound);
    }

    [Theory]
    [InlineData("PUT", "", "application/x-tar")]
    [InlineData("PATCH", "/upload", "application/partial-upload")]
    public async Task Body_ThatNeverEnds_IsHungUpOnAndLeavesNothing(string method, string rest, string type)
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { CallerPatience = Patience });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        var bytes = UploadCalls.Bytes(1000);
        await http.BeginAsync(bytes).OkAsync();
        var request = $"{method} /{UploadCalls.Address(bytes)}{rest} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {platform.Platform.FirstUserKey}\r\nContent-Type: {type}\r\nContent-Length: 1000\r\n"
            + $"Upload-Offset: 0\r\nUpload-Complete: ?1\r\nContent-Digest: sha-256=:{Convert.ToBase64String(new byte[32])}:\r\n\r\nabc";
        var (answer, after) = await AskAsync(platform, request);
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("request.too_slow");
        after.ShouldBeLessThan(Bound);
        (await http.AppendAsync(bytes, 0, 1000).OkAsync()).Complete.ShouldBeTrue();
        platform.StoredFiles().ShouldHaveSingleItem();
    }

    private static async Task<(string Answer, TimeSpan After)> AskAsync(TestPlatform platform, string request)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Bound);
        using var socket = new TcpClient();
        await socket.ConnectAsync(platform.Platform.Url.Host, platform.Platform.Url.Port, patience.Token);
        var start = Stopwatch.GetTimestamp();
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), patience.Token);
        using var answer = new MemoryStream();
        await socket.GetStream().CopyToAsync(answer, patience.Token); // Until the platform hangs up.
        return (Encoding.UTF8.GetString(answer.ToArray()), Stopwatch.GetElapsedTime(start));
    }
}
