using Neuro.Interactive.Formatting;

namespace Neuro.Interactive.Tests.Formatting;

public sealed class FormatterTests
{
    public sealed record Place(string Name, double Height, int[] Years);

    [TypeFormatterSource(typeof(CoinFormatters))]
    public record Coin(int Worth);

    public sealed record GoldCoin(int Worth) : Coin(Worth);

    internal sealed class CoinFormatters : FormatterSource<Coin>
    {
        protected override string ToText(Coin value) => $"{value.Worth} c";

        protected override Html ToHtml(Coin value) => Html.Of($"<b>{value.Worth}</b> c");

        protected override IEnumerable<(string Mime, Func<Coin, string> Form)> OtherForms => [("application/json", coin => $"{{\"worth\":{coin.Worth}}}")];
    }

    [TypeFormatterSource(typeof(StampFormatters))]
    public sealed record Stamp(int Worth);

    internal sealed class StampFormatters : FormatterSource<Stamp>
    {
        protected override string ToText(Stamp value) => "one";

        protected override Html ToHtml(Stamp value) => Html.Text("one");

        protected override string? ToText(IReadOnlyList<Stamp> values) => $"{values.Count} stamps";

        protected override Html? ToHtml(IReadOnlyList<Stamp> values) => Html.Of($"<i>{values.Count}</i>");
    }

    [Theory]
    [InlineData(null, "null")]
    [InlineData("a <b>", "a <b>")]
    [InlineData(1234.5, "1234.5")]
    [InlineData(true, "true")]
    [InlineData(DayOfWeek.Friday, "Friday")]
    [InlineData(new byte[] { 1, 2, 3 }, "byte[3]")]
    [InlineData(new[] { 1, 2, 3 }, "[1, 2, 3]")]
    public void Format_Scalar_IsItsTextAndTheSameInHtml(object? value, string text)
    {
        var bundle = Formatter.Format(value);

        bundle.Text.ShouldBe(text);
        bundle.Html.ShouldBe($"<pre>{Html.Text(text)}</pre>");
    }

    [Fact]
    public void Format_AttributedType_UsesItsFormatters()
    {
        Formatter.Format(new Coin(5)).ShouldBe(new MimeBundle("5 c", ("text/html", "<b>5</b> c"), ("application/json", "{\"worth\":5}")));
        Formatter.Format(new GoldCoin(7)).Text.ShouldBe("7 c");
    }

    [Fact]
    public void Format_SequenceOfAttributed_UsesTheElementsFormatter()
    {
        var bundle = Formatter.Format(new List<Coin> { new(1), new GoldCoin(2) });

        (bundle.Text, bundle.Html).ShouldBe(("1 c\n2 c", "<b>1</b> c<b>2</b> c"));
    }

    [Fact]
    public void Format_SequenceWithAFormOfItsOwn_UsesThat()
    {
        var bundle = Formatter.Format(Enumerable.Range(0, 3).Select(i => new Stamp(i)));

        (bundle.Text, bundle.Html).ShouldBe(("3 stamps", "<i>3</i>"));
    }

    [Fact]
    public void Format_EndlessSequence_Stops()
    {
        static IEnumerable<object> endless()
        {
            for (var i = 0; ; i++)
            {
                yield return new { i };
            }
        }

        Formatter.Format(endless()).Text.ShouldContain("more than 100 items");
    }

    [Fact]
    public void Format_ObjectsInAList_AreATable()
    {
        Place[] places = [new("Ben <Nevis>", 1345, [1, 2]), new("Snowdon", 1085.5, [])];

        var bundle = Formatter.Format(places);

        Snapshot.Match($"{bundle.Text}\n\n{bundle.Html}");
    }

    [Fact]
    public void Format_Record_IsItsProperties()
    {
        var bundle = Formatter.Format(new Place("Ben <Nevis>", 1345, [1771, 1883]));

        Snapshot.Match($"{bundle.Text}\n\n{bundle.Html}");
    }

    [Fact]
    public void Format_ObjectThatHoldsItself_Ends()
    {
        var ring = new Ring();
        ring.Next = ring;

        Formatter.Format(ring).Text.ShouldBe("Ring\n  Next  Ring { Next = Ring { Next = Ring } }");
    }

    private sealed class Ring
    {
        public Ring? Next { get; set; }
    }

    [Fact]
    public void Format_PropertyThatThrows_SaysSoInItsPlace()
    {
        Formatter.Format(new Broken()).Text.ShouldBe("Broken\n  Fine  1\n  Sick  (InvalidOperationException: no luck)");
    }

    private sealed class Broken
    {
        public int Fine => 1;

        public int Sick => throw new InvalidOperationException("no luck");
    }

    [Fact]
    public void Format_FormatterThatThrows_SaysSoInsteadOfThrowing()
    {
        Formatter.Format(new Cursed()).Text.ShouldBe("Cursed (its formatter failed: FormatException: hex)");
    }

    [TypeFormatterSource(typeof(CursedFormatters))]
    internal sealed class Cursed;

    internal sealed class CursedFormatters : FormatterSource<Cursed>
    {
        protected override string ToText(Cursed value) => throw new FormatException("hex");

        protected override Html ToHtml(Cursed value) => Html.Empty;
    }

    [Fact]
    public void Format_UnfinishedTask_DoesNotWaitForIt()
    {
        var never = new TaskCompletionSource<int>();

        Formatter.Format(never.Task).Text.ShouldBe("Task (WaitingForActivation); await it for its result");
    }

    [Fact]
    public void Format_Exception_IsOneLine()
    {
        Formatter.Format(new InvalidOperationException("first\nsecond")).Text.ShouldBe("InvalidOperationException: first second");
    }

    [Fact]
    public void Format_AttributeWhoseFormattersAreMissing_FallsBack()
    {
        Formatter.Format(new Orphan(3)).Text.ShouldBe("Orphan\n  Size  3");
    }

    [Missing.TypeFormatterSource]
    public sealed record Orphan(int Size);

    private static class Missing
    {
        [AttributeUsage(AttributeTargets.Class)]
        public sealed class TypeFormatterSourceAttribute : Attribute
        {
            public Type? FormatterSourceType => null;
        }
    }

    [Fact]
    public void Of_Holes_AreEncodedAndHtmlIsNot()
    {
        var hostile = "<script>\"'&";
        Html[] items = [Html.Text("<a>"), Html.Raw("<b>")];

        Html.Of($"<p title=\"{hostile}\">{hostile} {items} {1.5:0.00}</p>").ToString()
            .ShouldBe("<p title=\"&lt;script&gt;&quot;&#39;&amp;\">&lt;script&gt;&quot;&#39;&amp; &lt;a&gt;<b> 1.50</p>");
    }

    [Fact]
    public void CreateTypeFormatters_OfABundle_AreItsForms()
    {
        var forms = FormatterConvention.For(typeof(MimeBundle)).Select(form =>
        {
            using var writer = new StringWriter();
            form.Write(new MimeBundle("a < b", ("text/html", "<i>a</i>")), writer).ShouldBeTrue();
            return (form.Mime, writer.ToString());
        });

        forms.ShouldBe([("text/plain", "a < b"), ("text/html", "<i>a</i>")]);
    }

    [Fact]
    public void Without_PlainText_StaysBecauseEveryBundleHasIt()
    {
        var bundle = new MimeBundle("x", ("text/html", "<x>"));

        bundle.Without("text/plain").Without("text/html").ShouldBe(new MimeBundle("x"));
        MimeBundle.Of([KeyValuePair.Create("image/png", "AA==")]).Text.ShouldBe("");
    }

    [Fact]
    public void Format_ExceptionWithCauses_NamesEachAndFoldsWhereItWasThrown()
    {
        var causes = new AggregateException("many", new FormatException("first"), new ArgumentException("second"));
        var thrown = Should.Throw<InvalidOperationException>(() => throw new InvalidOperationException("outer <b>", causes));

        var bundle = Formatter.Format(thrown);

        bundle.Text.ShouldStartWith("InvalidOperationException: outer <b>\n  caused by AggregateException: many");
        bundle.Text.ShouldEndWith("\n  caused by FormatException: first\n  caused by ArgumentException: second");
        bundle.Html!.ShouldContain("outer &lt;b&gt;</p>");
        bundle.Html!.ShouldContain("<details><summary>Where</summary>");
        bundle.Html!.ShouldContain(nameof(Format_ExceptionWithCauses_NamesEachAndFoldsWhereItWasThrown));
    }

    [Fact]
    public void Format_NestedObjects_UnfoldBelowTheirLine()
    {
        var bundle = Formatter.Format(new { Name = "walk", From = new Place("Ben <Nevis>", 1345, [1]), Stops = new[] { new Place("Hut", 600, []) } });

        bundle.Text.ShouldContain("From   Place { Name = Ben <Nevis>, Height = 1345, Years = [1] }");
        bundle.Html!.Split("<details>").Length.ShouldBe(3);
        bundle.Html!.ShouldContain("<td class=\"neuro-number\">600</td>");
    }

    [Fact]
    public void Format_AWideTree_StaysSmall()
    {
        Formatter.Format(new Tree(8)).Html!.Length.ShouldBeLessThan(100_000);
    }

    private sealed class Tree(int depth)
    {
        public object Left => depth > 0 ? new Tree(depth - 1) : depth;

        public object Right => depth > 0 ? new Tree(depth - 1) : depth;

        public object[] Both => [Left, Right];
    }

    [Fact]
    public void Format_ManyRows_AreATableWithStatisticsThatReadsWithoutScripts()
    {
        var rows = Enumerable.Range(0, 12).Select(i => new { Shop = i % 3 == 0 ? "<Solvika>" : "Fizzelt", Price = i * 1.5, Sold = i == 4 ? null : (int?)i }).ToList();

        var bundle = Formatter.Format(rows);

        Snapshot.Match($"{bundle.Text}\n\n{bundle.Html!.Split("<script>")[0]}");
        bundle.Html!.Split("<script>").Length.ShouldBe(2);
    }

    [Fact]
    public void Format_MoreRowsThanAreShown_CountsThemAllInTheStatistics()
    {
        var html = Formatter.Format(Enumerable.Range(1, 1500).Select(i => new { i, Half = i / 2.0 }).ToList()).Html!;

        html.ShouldContain("List&lt;object&gt;, 1500 items");
        html.ShouldContain("The first 100 rows are shown.");
        html.ShouldContain("Statistics of all 1,500 rows");
        html.ShouldContain("<td class=\"neuro-number\">750.5</td>"); // the mean of 1 … 1500
    }

    [Fact]
    public void Format_DictionariesDataTableAndDataFrame_AreTheSameTable()
    {
        using var table = new System.Data.DataTable("shops");
        table.Columns.Add("Shop", typeof(string));
        table.Columns.Add("Sold", typeof(int));
        table.Rows.Add("Solvika", 3);
        table.Rows.Add("Fizzelt", DBNull.Value);
        Dictionary<string, object?>[] dictionaries = [new() { ["Shop"] = "Solvika", ["Sold"] = 3 }, new() { ["Shop"] = "Fizzelt" }];

        string[] texts = [Formatter.Format(table).Text, Formatter.Format(dictionaries).Text, Formatter.Format(new Microsoft.Data.Analysis.DataFrame()).Text];

        texts.Select(text => text.Split('\n', 2)[0]).ShouldBe(["DataTable shops, 2 rows", "Dictionary<string, object>[], 2 items", "DataFrame, 2 rows"]);
        texts.Select(text => text.Split('\n', 2)[1]).Distinct().ShouldHaveSingleItem().ShouldBe("Shop     Sold\n-------  ----\nSolvika     3\nFizzelt");
    }

    [Fact]
    public void Format_WhatWritesItsOwnHtml_IsShownSo()
    {
        Formatter.Format(new Written()).ShouldBe(new MimeBundle("✓ ready", ("text/html", "<b>ready</b>")));
    }

    private sealed class Written
    {
        public override string ToString() => "✓ ready";

        public string ToHtml() => "<b>ready</b>";
    }
}
