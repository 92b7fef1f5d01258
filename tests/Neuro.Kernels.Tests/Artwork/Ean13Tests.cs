using CsCheck;
using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Tests.Artwork;

public sealed class Ean13Tests
{
    // Widths of the four elements of each digit, as the specification's figure gives them.
    private static readonly string[] Widths = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"];
    private static readonly string[] Sets = ["AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"];

    [Theory]
    [InlineData("400638133393", '1')]
    [InlineData("590123412345", '7')]
    [InlineData("978030640615", '7')]
    public void CheckDigit_KnownNumbers_IsTheirs(string first12, char check) => Ean13.CheckDigit(first12).ShouldBe(check);

    [Fact]
    public void Digits_AnySeed_AreThirteenOfTheShopsOwnRange() =>
        Gen.ULong.Sample(seed =>
        {
            var digits = Ean13.Digits(seed);
            return digits.Length == 13 && digits[0] == '2' && digits[12] == Ean13.CheckDigit(digits);
        });

    [Fact]
    public void Encode_AnyNumber_IsReadBack() =>
        Gen.Int[0, 9].Array[12].Select(string.Concat).Sample(first12 =>
        {
            var digits = first12 + Ean13.CheckDigit(first12);
            return Read(Ean13.Encode(digits)) == digits;
        });

    [Fact]
    public void Draw_FourTexelsAModule_IsReadBackBetweenItsQuietZones()
    {
        const int Module = 4;
        var canvas = new Canvas(Ean13.FullModules * Module, 300, Colour.Black);
        var digits = Ean13.Digits(20_260_101);

        Ean13.Draw(canvas.Pen, canvas.Width, canvas.Height, digits);

        var row = canvas.Texels.AsSpan(100 * canvas.Width, canvas.Width).ToArray();
        bool[] modules = [.. Enumerable.Range(0, Ean13.FullModules).Select(i => row[(i * Module) + (Module / 2)] == Colour.Black.Texel)];
        modules[..11].ShouldAllBe(dark => !dark);
        modules[^7..].ShouldAllBe(dark => !dark);
        Read(modules[11..^7]).ShouldBe(digits);
    }

    private static string? Read(bool[] modules)
    {
        var text = string.Concat(modules.Select(dark => dark ? '1' : '0'));
        if (text.Length != 95 || text[..3] != "101" || text[45..50] != "01010" || text[92..] != "101")
        {
            return null;
        }

        var (sets, digits) = ("", "");
        for (var i = 0; i < 12; i++)
        {
            var at = i < 6 ? 3 + (7 * i) : 50 + (7 * (i - 6));
            var runs = Runs(text[at..(at + 7)]);
            var isB = Array.IndexOf(Widths, runs) < 0 || (i < 6 && text.Substring(at, 7).Count(c => c == '1') % 2 == 0);
            digits += Array.IndexOf(Widths, isB ? string.Concat(runs.Reverse()) : runs);
            sets += i < 6 ? isB ? 'B' : 'A' : "";
        }

        return Array.IndexOf(Sets, sets) + digits;
    }

    private static string Runs(string modules)
    {
        var widths = "";
        for (var i = 0; i < modules.Length;)
        {
            var end = i;
            while (end < modules.Length && modules[end] == modules[i])
            {
                end++;
            }

            widths += end - i;
            i = end;
        }

        return widths;
    }
}
