namespace Neuro.Kernels.Scenes;

/// <summary>Invented print for cartons that are in no catalogue, and price tags: enough to look like a shop, too plain to be a product.</summary>
internal static class UnknownPrint
{
    public const int Size = 64;
    public const int RailWidth = 1024;
    public const int RailHeight = 16;

    /// <summary>A carton's front: paper, a band, a badge, lines of text.</summary>
    public static uint[] Carton(ulong look)
    {
        var random = new CounterRandom(look, 0, 0);
        var canvas = new Canvas(Size, Size, Colour(ref random, 60, 255));
        for (var band = random.NextIndex(3); band >= 0; band--)
        {
            canvas.Fill(0, random.NextIndex(Size), Size, 3 + random.NextIndex(20), Colour(ref random, 20, 240));
        }

        var badge = 16 + random.NextIndex(24);
        canvas.Ellipse(Size / 2, 8 + random.NextIndex(40), badge / 2, 4 + random.NextIndex(12), Colour(ref random, 0, 255));
        for (var line = random.NextIndex(6); line >= 0; line--)
        {
            var width = 8 + random.NextIndex(44);
            canvas.Fill((Size - width) / 2, random.NextIndex(Size), width, 1 + random.NextIndex(4), Colour(ref random, 0, 160));
        }

        return canvas.Texels;
    }

    /// <summary>A rail as long as the shelf, with a white tag every so often.</summary>
    public static uint[] Rail(ulong look)
    {
        var random = new CounterRandom(look, 1, 0);
        var canvas = new Canvas(RailWidth, RailHeight, Colour(ref random, 40, 235));
        for (var x = random.NextIndex(40); x < RailWidth; x += 52 + random.NextIndex(40))
        {
            if (random.NextUnit() < 0.15)
            {
                continue;
            }

            canvas.Fill(x, 2, 40, RailHeight - 3, random.NextUnit() < 0.2 ? 0xFF30E0F8 : 0xFFF0F0F0);
            canvas.Fill(x + 2, 5, 8 + random.NextIndex(8), 2, 0xFF404040);
            canvas.Fill(x + 22, 4, 14, 7, 0xFF303030);
        }

        return canvas.Texels;
    }

    private static uint Colour(ref CounterRandom random, int from, int to)
    {
        var range = to - from + 1;
        return (uint)(from + random.NextIndex(range)) | ((uint)(from + random.NextIndex(range)) << 8) | ((uint)(from + random.NextIndex(range)) << 16) | 0xFF000000;
    }

    private sealed class Canvas
    {
        private readonly int width;
        private readonly int height;

        public Canvas(int width, int height, uint paper)
        {
            (this.width, this.height) = (width, height);
            Texels = new uint[width * height];
            Array.Fill(Texels, paper);
        }

        public uint[] Texels { get; }

        public void Fill(int left, int top, int wide, int high, uint colour)
        {
            var (from, to) = (Math.Clamp(left, 0, width), Math.Clamp(left + wide, 0, width));
            for (var y = Math.Max(0, top); y < Math.Min(top + high, height); y++)
            {
                Texels.AsSpan((y * width) + from, to - from).Fill(colour);
            }
        }

        public void Ellipse(int x, int y, int halfWide, int halfHigh, uint colour)
        {
            for (var row = Math.Max(0, y - halfHigh); row < Math.Min(height, y + halfHigh); row++)
            {
                var share = (row - y) / (double)halfHigh;
                var half = (int)(halfWide * Math.Sqrt(1 - (share * share)));
                Fill(x - half, row, 2 * half, 1, colour);
            }
        }
    }
}
