using Neuro.Notebooks.Jupyter;

namespace Neuro.Notebooks.Tests.Jupyter;

public sealed class HistoryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-history-").FullName;

    [Fact]
    public void Find_NextSession_RemembersTheEarlierOne()
    {
        new History(folder).Add(1, "earlier", null);

        var second = new History(folder);
        second.Add(1, "now", "42");

        second.Session.ShouldBe(2);
        second.Find(new("range", Session: -1)).ToJsonString().ShouldBe("""[[1,1,"earlier"]]""");
        second.Find(new("tail", N: 5, Output: true)).ToJsonString().ShouldBe("""[[1,1,["earlier",null]],[2,1,["now","42"]]]""");
    }

    [Fact]
    public void History_TwoKernelsAtOnce_HaveSessionsOfTheirOwn()
    {
        var (one, two) = (new History(folder), new History(folder));
        one.Add(1, "one", null);
        two.Add(1, "two", null);

        new History(folder).Find(new("tail")).Select(entry => (string)entry![2]!).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void Find_UniqueSearch_KeepsTheNewest()
    {
        var history = new History(null);
        history.Add(1, "a.b", null);
        history.Add(2, "axb", null);
        history.Add(3, "a.b", null);

        history.Find(new("search", Pattern: "a.*", Unique: true)).ToJsonString().ShouldBe("""[[1,3,"a.b"]]""");
    }

    [Fact]
    public void History_ManySessions_KeepsTheNewest()
    {
        for (var i = 0; i < 60; i++)
        {
            new History(folder).Add(1, $"cell {i}", null);
        }

        Directory.GetFiles(folder).Length.ShouldBe(50);
        new History(folder).Find(new("tail", N: 1))[0]![2]!.GetValue<string>().ShouldBe("cell 59");
    }

    [Fact]
    public void History_BrokenFile_CostsItsLinesAlone()
    {
        new History(folder).Add(1, "good", null);
        File.AppendAllText(Directory.GetFiles(folder).Single(), "{]\n[1]\n[\"x\",1,2]\n[2,\"cut");

        new History(folder).Find(new("tail")).Select(entry => (string)entry![2]!).ShouldBe(["good"]);
    }

    [Fact]
    public void History_FolderThatIsAFile_CostsNothingButTheHistory()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        var history = new History(file);
        history.Add(1, "kept in memory", null);

        history.Find(new("tail")).Count.ShouldBe(1);
        File.ReadAllText(file).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
