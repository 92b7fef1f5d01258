using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Neuro.Notebooks.Jupyter;

namespace Neuro.Notebooks.Tests.Jupyter;

public sealed class MessageFormatTests
{
    private static readonly byte[][] Route = [[1, 2], [3]];

    [Fact]
    public void Read_OfWrite_IsTheMessage() => Gen.String.Sample(text =>
    {
        var message = New().Read(New().Write(Route, "execute_request", new ExecuteRequest(text), null), out _).ShouldNotBeNull();

        message.Identities.ShouldBe(Route);
        message.Type.ShouldBe("execute_request");
        message.As<ExecuteRequest>().Code.ShouldBe(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), "half characters cannot travel");
    });

    [Fact]
    public void Read_AnyBitChanged_IsRefused()
    {
        var whole = New().Write([], "execute_request", new ExecuteRequest("1"), null);
        Gen.Select(Gen.Int[1, whole.Length - 1], Gen.Int[0, 10_000], Gen.Int[0, 7]).Sample((frame, at, bit) =>
        {
            var frames = whole.Select(part => part.ToArray()).ToArray();
            frames[frame][at % frames[frame].Length] ^= (byte)(1 << bit);

            New().Read(frames, out var problem).ShouldBeNull();
            problem.ShouldNotBeEmpty();
        });
    }

    [Fact]
    public void Read_AnyFrames_IsNoMessage() => Gen.Byte.Array[0, 40].List[0, 12].Sample(frames =>
    {
        New().Read(frames, out _).ShouldBeNull();
        New().Read([.. frames.Prepend("<IDS|MSG>"u8.ToArray())], out _).ShouldBeNull();
    });

    [Fact]
    public void Read_SameMessageAgain_IsAReplay()
    {
        var format = New();
        var frames = New().Write([], "execute_request", new ExecuteRequest("1"), null);

        format.Read(frames, out _).ShouldNotBeNull();
        format.Read(frames, out var problem).ShouldBeNull();
        problem.ShouldBe("it came before");
    }

    [Fact]
    public void Read_SignedJsonThatIsBroken_IsRefused()
    {
        foreach (var header in new[] { "{}", "null", "[]", "{\"msg_id\":1,\"msg_type\":\"a\"}", "{", new string('[', 1000) })
        {
            var parts = new[] { header, "{}", "{}", "{}" }.Select(Encoding.UTF8.GetBytes).ToArray();
            var signature = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData("key"u8.ToArray(), parts.SelectMany(part => part).ToArray()));

            New().Read([Encoding.ASCII.GetBytes("<IDS|MSG>"), Encoding.ASCII.GetBytes(signature), .. parts], out var problem).ShouldBeNull();
            problem.ShouldStartWith("its JSON is broken");
        }
    }

    [Fact]
    public void Write_Parent_IsTheRequestsHeaderByteForByte()
    {
        var request = New().Read(New().Write([], "execute_request", new ExecuteRequest("1"), null), out _)!;

        var reply = New().Write([], "execute_reply", new StatusReply(), request);

        reply[3].ShouldBe(request.HeaderJson);
        JsonNode.Parse(reply[2])!["version"]!.GetValue<string>().ShouldBe("5.4");
    }

    [Fact]
    public void CodePoints_ThereAndBack_IsTheSamePlace() => Gen.Select(Gen.Int[0, 4].Select(i => new[] { "a", "é", "🦊", "中", "\n" }[i]).List[0, 20], Gen.Int[0, 20]).Sample((parts, at) =>
    {
        var (text, count) = (string.Concat(parts), Math.Min(at, parts.Count));

        CodePoints.ToUtf16(text, at).ShouldBe(string.Concat(parts.Take(count)).Length);
        CodePoints.FromUtf16(text, CodePoints.ToUtf16(text, at)).ShouldBe(count);
    });

    private static MessageFormat New() => new("key", TimeProvider.System);
}
