using CsCheck;
using Neuro.Interactive.Magics;

namespace Neuro.Interactive.Tests.Magics;

public sealed class MagicCatalogueTests
{
    private readonly CountingMagic magic = new();
    private readonly RecordingHost host = new();

    private Task Run(string line) => new MagicCatalogue(magic).RunAsync(line, MagicBody.None, host);

    private async Task<MagicException> Refusal(string line) => await Should.ThrowAsync<MagicException>(() => Run(line));

    [Fact]
    public async Task RunAsync_ValuesAndNames_ReachTheirParameters()
    {
        await Run("#!neuro-count \"blue boxes\" --max-price 1.5 --images=7 --dry-run --flavour sweet");

        (magic.What, magic.Images, magic.Price, magic.Flavour, magic.Dry).ShouldBe(("blue boxes", 7, 1.5, Flavour.Sweet, true));
    }

    [Fact]
    public async Task RunAsync_LeftOut_GivesDefaults()
    {
        await Run("#!neuro-count boxes");

        (magic.Images, magic.Price, magic.Flavour, magic.Numbers, magic.Dry).ShouldBe((600, null, Flavour.Sour, null, false));
    }

    [Fact]
    public async Task RunAsync_UnnamedValues_FillParametersInOrder()
    {
        await Run("#!neuro-count boxes 12 -3.5");

        (magic.What, magic.Images, magic.Price).ShouldBe(("boxes", 12, -3.5));
    }

    [Fact]
    public async Task RunAsync_Variable_IsTheObjectItself()
    {
        var numbers = new List<int> { 1, 2 };
        host.Variables["places"] = numbers;

        await Run("#!neuro-count boxes --numbers @places");

        magic.Numbers.ShouldBeSameAs(numbers);
    }

    [Fact]
    public async Task RunAsync_VariableOfAnotherNumber_IsConverted()
    {
        host.Variables["n"] = 12L;

        await Run("#!neuro-count boxes --images @n");

        magic.Images.ShouldBe(12);
    }

    [Fact]
    public async Task RunAsync_QuotedAt_IsText()
    {
        await Run("#!neuro-count '@places'");

        magic.What.ShouldBe("@places");
    }

    [Theory]
    [InlineData("#!neuro-count boxes --images many", "magic.bad_value", "--images is 'many'; expected a whole number.")]
    [InlineData("#!neuro-count boxes --images 99999999999", "magic.bad_value", "--images is '99999999999'; expected a whole number.")]
    [InlineData("#!neuro-count boxes --flavour salty", "magic.bad_value", "--flavour is 'salty'; expected one of Sweet, Sour.")]
    [InlineData("#!neuro-count boxes --images @nowhere", "magic.unknown_variable", "@nowhere for --images: there is no variable nowhere in this session. A text that starts with @ goes in quotes.")]
    [InlineData("#!neuro-count boxes --images @text", "magic.bad_value", "--images is @text, of type string; expected a whole number.")]
    [InlineData("#!neuro-count boxes --numbers 3", "magic.bad_value", "--numbers is '3'; expected IReadOnlyList<int> in a variable: write @name.")]
    [InlineData("#!neuro-count \"boxes", "magic.syntax", "The quote \"boxes is never closed.")]
    public async Task RunAsync_WrongValue_SaysValueAndWhatWasExpected(string line, string code, string message)
    {
        host.Variables["text"] = "abc";

        var refusal = await Refusal(line);

        (refusal.Code, refusal.Message).ShouldBe((code, message));
    }

    [Theory]
    [InlineData("#!neuro-cuont boxes", "magic.unknown", "There is no magic #!neuro-cuont. Did you mean #!neuro-count?\n#!lsmagic lists them all; #!NAME --help explains one.")]
    [InlineData("#!count", "magic.unknown", "There is no magic #!count. Did you mean #!neuro-count?\n#!lsmagic lists them all; #!NAME --help explains one.")]
    [InlineData("#!zzzzzz", "magic.unknown", "There is no magic #!zzzzzz.\n#!lsmagic lists them all; #!NAME --help explains one.")]
    [InlineData("#!neuro-count boxes --image 3", "magic.unknown_parameter", "#!neuro-count has no parameter --image. Did you mean --images?\n" + Usage)]
    [InlineData("#!neuro-count", "magic.missing_value", "#!neuro-count needs --what: The things to count.\n" + Usage)]
    [InlineData("#!neuro-count boxes --images", "magic.missing_value", "--images needs a value: How many.\n" + Usage)]
    [InlineData("#!neuro-count boxes --images --dry-run", "magic.missing_value", "--images needs a value: How many.\n" + Usage)]
    [InlineData("#!neuro-count a --what b", "magic.syntax", "--what is given twice.\n" + Usage)]
    public async Task RunAsync_WrongName_SaysTheNearestAndTheHelpLine(string line, string code, string message)
    {
        var refusal = await Refusal(line);

        (refusal.Code, refusal.Message).ShouldBe((code, message));
    }

    private const string Usage = "#!neuro-count --what VALUE [--images VALUE] [--max-price VALUE] [--flavour VALUE] [--numbers VALUE] [--dry-run]";

    [Fact]
    public async Task RunAsync_Help_ExplainsAndDoesNotRun()
    {
        await Run("#!neuro-count --help");

        magic.Given.ShouldBeNull();
        Snapshot.Match(host.Text);
    }

    [Fact]
    public async Task RunAsync_Lsmagic_ListsEveryMagic()
    {
        await Run("#!lsmagic");

        Snapshot.Match(host.Text);
    }

    [Fact]
    public async Task RunAsync_Who_ShowsNamesTypesAndValues()
    {
        host.Variables["images"] = 600;
        host.Variables["prices"] = new List<double> { 1.5, 2 };

        await Run("#!who");

        Snapshot.Match(host.Text);
    }

    [Fact]
    public async Task RunAsync_Markdown_IsShownAsMarkdownAndHtml()
    {
        await new MagicCatalogue().RunAsync("#!markdown", new("**bold**", 2), host);

        var bundle = host.Shown.ShouldHaveSingleItem().ShouldBeOfType<Neuro.Interactive.Formatting.MimeBundle>();
        (bundle.Text, bundle["text/markdown"], bundle.Html!.Trim()).ShouldBe(("**bold**", "**bold**", "<p><strong>bold</strong></p>"));
    }

    [Fact]
    public async Task RunAsync_Time_RunsTheBodyAndThenSaysHowLong()
    {
        await new MagicCatalogue().RunAsync("#!time", new("1 + 1", 2), host);

        host.Ran.ShouldBe([new("1 + 1", 2)]);
        host.Text.ShouldEndWith(" ms");
    }

    [Fact]
    public void Split_OfQuotedWords_GivesTheWordsBack()
    {
        Gen.String[Gen.Char[' ', '~']].Array[0, 6].Sample(words =>
        {
            var line = string.Join(' ', words.Select(word => "\"" + word.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\""));
            ArgumentsWord.Split(line).Select(word => (word.Text, word.IsName, word.IsVariable)).ShouldBe(words.Select(word => (word, false, false)));
        });
    }

    [Fact]
    public void Distance_IsAMetricOfSwapsAndEdits()
    {
        Spelling.Distance("order", "order").ShouldBe(0);
        Spelling.Distance("order", "odrer").ShouldBe(1);
        Spelling.Distance("", "abc").ShouldBe(3);
        Spelling.Distance("Order", "oRDER").ShouldBe(0);
        Spelling.Distance(new string('a', 64) + "b", new string('a', 1_000_000)).ShouldBe(0);
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 0, 64], Gen.String[Gen.Char['a', 'd'], 0, 64]).Sample((a, b) =>
        {
            Spelling.Distance(a, b).ShouldBe(Spelling.Distance(b, a));
            Spelling.Distance(a, b).ShouldBeInRange(Math.Abs(a.Length - b.Length), Math.Max(a.Length, b.Length));
        });
    }
}
