using Neuro.Cli.Headless;

namespace Neuro.Cli.Tests.Headless;

public sealed class SavedFileTests : CliFact
{
    [Fact]
    public async Task NextAsync_AFileThatIsEmptiedBeforeItIsWritten_IsTheTextAndNeverNothing()
    {
        var path = Path.Combine(Folder, "nb.cs");
        File.WriteAllText(path, "first");
        using var file = new SavedFile(path);
        (await file.NextAsync(Cancel)).ShouldBe("first");

        File.WriteAllText(path, "");
        var next = file.NextAsync(Cancel);
        await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(300), Cancel));
        next.IsCompleted.ShouldBeFalse();
        File.WriteAllText(path, "second");

        (await next).ShouldBe("second");
    }
}
