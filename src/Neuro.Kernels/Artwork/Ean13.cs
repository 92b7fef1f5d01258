namespace Neuro.Kernels.Artwork;

/// <summary>A bar code as shops scan it.</summary>
/// <remarks>GS1 General Specifications (release 24, 2024), section 5.2: symbol of 95 modules, guard bars 101 and 01010, quiet zones of 11 modules left and 7 right; check digit by section 7.9.</remarks>
internal static class Ean13
{
    /// <summary>Bars and spaces without the quiet zones.</summary>
    public const int Modules = 95;

    /// <summary>With them.</summary>
    public const int FullModules = LeftQuiet + Modules + RightQuiet;

    private const int LeftQuiet = 11;
    private const int RightQuiet = 7;

    // One bit a module, dark is 1: number set A; B is C backwards, C is A inverted.
    private static readonly int[] SetA = [0b0001101, 0b0011001, 0b0010011, 0b0111101, 0b0100011, 0b0110001, 0b0101111, 0b0111011, 0b0110111, 0b0001011];

    // The leading digit is told by which of the six left digits are in set B: bit 5 is the first.
    private static readonly int[] LeftSets = [0b000000, 0b001011, 0b001101, 0b001110, 0b010011, 0b011001, 0b011100, 0b010101, 0b010110, 0b011010];

    /// <summary>Thirteen digits for a seed, of the range 20 to 29 that is kept for use inside a shop: no real product has it.</summary>
    public static string Digits(ulong seed)
    {
        var digits = $"2{seed % 100_000_000_000:D11}";
        return digits + CheckDigit(digits);
    }

    /// <summary>The digit that makes the sum, weighted 1 and 3 in turn, a multiple of ten.</summary>
    public static char CheckDigit(string first12)
    {
        var sum = 0;
        for (var i = 0; i < 12; i++)
        {
            sum += (first12[i] - '0') * (i % 2 == 0 ? 1 : 3);
        }

        return (char)('0' + (10 - sum % 10) % 10);
    }

    /// <summary>The 95 modules, true where a bar is.</summary>
    public static bool[] Encode(string digits)
    {
        var modules = new List<bool>(Modules);
        void Add(int bits, int count)
        {
            for (var bit = count - 1; bit >= 0; bit--)
            {
                modules.Add((bits >> bit & 1) != 0);
            }
        }

        Add(0b101, 3);
        for (var i = 1; i <= 6; i++)
        {
            var a = SetA[digits[i] - '0'];
            Add((LeftSets[digits[0] - '0'] >> (6 - i) & 1) == 0 ? a : Backwards(~a), 7);
        }

        Add(0b01010, 5);
        for (var i = 7; i <= 12; i++)
        {
            Add(~SetA[digits[i] - '0'], 7);
        }

        Add(0b101, 3);
        return [.. modules];
    }

    /// <summary>Draws the symbol on white with its quiet zones, and the digits under it.</summary>
    public static void Draw(Pen pen, float width, float height, string digits)
    {
        var module = width / FullModules;
        var text = Math.Min(9 * module, 0.2f * height);
        pen.Rectangle(0, 0, width, height, Colour.White);
        var bars = pen.Moved(LeftQuiet * module, 0.04f * height);
        var modules = Encode(digits);
        for (var i = 0; i < Modules;)
        {
            var end = i + 1;
            while (end < Modules && modules[end] == modules[i])
            {
                end++;
            }

            if (modules[i])
            {
                // Guard bars reach five modules farther down.
                var guard = i is < 3 or >= 45 and < 50 or >= 92;
                bars.Rectangle(i * module, 0, (end - i) * module, 0.94f * height - text + (guard ? Math.Min(5 * module, text / 2) : 0), Colour.Black);
            }

            i = end;
        }

        var line = 0.98f * height - text / 2;
        StrokeFont.Draw(pen, digits[..1], 5.5f * module, line, text, 7 * module, Colour.Black, 0.12f);
        StrokeFont.Draw(pen, digits[1..7], (LeftQuiet + 24) * module, line, text, 40 * module, Colour.Black, 0.12f);
        StrokeFont.Draw(pen, digits[7..], (LeftQuiet + 71) * module, line, text, 40 * module, Colour.Black, 0.12f);
    }

    private static int Backwards(int bits)
    {
        var turned = 0;
        for (var bit = 0; bit < 7; bit++)
        {
            turned |= (bits >> bit & 1) << (6 - bit);
        }

        return turned;
    }
}
