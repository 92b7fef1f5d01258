using System.Runtime.CompilerServices;

namespace Neuro.Testing;

/// <summary>Compares text with a reviewed file beside the test, by the conventions of Verify: <c>Class.Method.verified.ext</c> is the truth, <c>.received.ext</c> is written when it differs.</summary>
public static class Snapshot
{
    public static void Match(string received, string extension = "txt", [CallerFilePath] string test = "", [CallerMemberName] string method = "")
    {
        var stem = Path.ChangeExtension(test, null) + "." + method;
        var verifiedPath = $"{stem}.verified.{extension}";
        var receivedPath = $"{stem}.received.{extension}";
        received = received.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var verified = File.Exists(verifiedPath) ? File.ReadAllText(verifiedPath).ReplaceLineEndings("\n") : null;
        if (received == verified)
        {
            File.Delete(receivedPath);
            return;
        }

        File.WriteAllText(receivedPath, received);
        Assert.Fail(verified is null
            ? $"There is no {Path.GetFileName(verifiedPath)} yet. Look at {receivedPath}; if it is right, rename it to .verified."
            : $"{Path.GetFileName(receivedPath)} differs from the verified file:\n{FirstDifference(verified, received)}\nIf the new text is right, rename {receivedPath} to .verified.");
    }

    private static string FirstDifference(string verified, string received)
    {
        var (was, now) = (verified.Split('\n'), received.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(was.Length, now.Length)).First(i => was.ElementAtOrDefault(i) != now.ElementAtOrDefault(i));
        return $"  line {line + 1}\n  - {was.ElementAtOrDefault(line) ?? "(nothing)"}\n  + {now.ElementAtOrDefault(line) ?? "(nothing)"}";
    }
}
