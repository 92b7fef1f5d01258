using Neuro.Kernels.Recipes;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Artwork;

/// <summary>Sides and a back for a product of which only the front is known: its colours run on, and what the law wants printed is there.</summary>
/// <param name="front">What is known.</param>
/// <param name="aspect">Its width over its height, in millimetres.</param>
/// <param name="seed">Chooses among layouts and words.</param>
internal sealed class InventedFaces(Texture front, float aspect, ulong seed)
{
    /// <summary>Share of the turn of a round product that its front takes.</summary>
    public const float FrontShare = 0.4f;

    private const float Plain = 60;

    private readonly Palette palette = Palette.Of(front);
    private readonly Colour[] left = FrontEdges.Left(front);
    private readonly Colour[] right = FrontEdges.Right(front);

    private enum Block
    {
        Picture,
        Text,
        Table,
        Code,
    }

    /// <summary>A side of a box.</summary>
    public Texture Side(Face face, float widthMm, float heightMm)
    {
        var random = new CounterRandom(seed, (ulong)face, 0);
        var canvas = Continued(face is Face.Left ? left : right);
        var blocks = (face is Face.Left) == ((seed & 1) == 0) ? (Block[])[Block.Picture, Block.Text, Block.Code] : [Block.Text, Block.Table, Block.Text];
        Print(canvas.Pen.Scaled(canvas.Width / widthMm, canvas.Height / heightMm), face is Face.Left ? left : right, widthMm, heightMm, blocks, ref random);
        return Texture.FromTexels(canvas.Width, canvas.Texels);
    }

    /// <summary>The back of a box: the front again, smaller, or text all over.</summary>
    public Texture Back(float widthMm, float heightMm)
    {
        var random = new CounterRandom(seed, (ulong)Face.Back, 0);
        Colour[] rows = [.. left.Zip(right, (a, b) => a.Mix(b, 0.5f))];
        var canvas = Continued(rows);
        Block[] blocks = (seed & 2) == 0 ? [Block.Picture, Block.Picture, Block.Text, Block.Code] : [Block.Text, Block.Table, Block.Text, Block.Code];
        Print(canvas.Pen.Scaled(canvas.Width / widthMm, canvas.Height / heightMm), rows, widthMm, heightMm, blocks, ref random);
        return Texture.FromTexels(canvas.Width, canvas.Texels);
    }

    /// <summary>The end above the front; its lower edge touches it.</summary>
    public Texture Top(float widthMm, float depthMm, bool round) => End(FrontEdges.Upper(front), widthMm, depthMm, round);

    /// <summary>The end below the front; its upper edge touches it.</summary>
    public Texture Bottom(float widthMm, float depthMm, bool round) => End(FrontEdges.Lower(front), widthMm, depthMm, round);

    /// <summary>All around: the front in the middle, text and a bar code behind, and nothing but the ground where the ends meet.</summary>
    public Texture Wrap(float aroundMm, float heightMm)
    {
        const float Gutter = 0.03f;
        const float Panel = 0.2f;
        var random = new CounterRandom(seed, (ulong)Face.Wrap, 0);
        Colour[] rows = [.. left.Zip(right, (a, b) => a.Mix(b, 0.5f))];
        var canvas = Continued(rows);
        var pen = canvas.Pen.Scaled(canvas.Width / aroundMm, canvas.Height / heightMm);
        Print(pen.Moved(Gutter * aroundMm, 0), rows, Panel * aroundMm, heightMm, [Block.Text, Block.Table], ref random);
        Print(pen.Moved((1 - Gutter - Panel) * aroundMm, 0), rows, Panel * aroundMm, heightMm, [Block.Text, Block.Code], ref random);
        var printed = (uint[])canvas.Texels.Clone();
        pen.Moved((1 - FrontShare) / 2 * aroundMm, 0).Picture(front, FrontShare * aroundMm, heightMm);
        for (var at = 0; at < printed.Length; at++)
        {
            canvas.Texels[at] = Canvas.Blend(printed[at], canvas.Texels[at], FrontWeight((at % canvas.Width + 0.5f) / canvas.Width));
        }

        return Texture.FromTexels(canvas.Width, canvas.Texels);
    }

    /// <summary>Of 256: nothing outside the front, all of it inside, and a soft step over its outer tenths.</summary>
    private static uint FrontWeight(float turn)
    {
        var inside = Math.Clamp((FrontShare / 2 - Math.Abs(turn - 0.5f)) / (0.1f * FrontShare), 0, 1);
        return (uint)(256 * inside * inside * (3 - 2 * inside));
    }

    private static Texture End(Colour[] border, float widthMm, float depthMm, bool round)
    {
        var canvas = round ? EndFaces.OfRound(border.Length) : EndFaces.OfBox(border, widthMm, depthMm);
        return Texture.FromTexels(canvas.Width, canvas.Texels);
    }

    private static Canvas Continued(Colour[] rows)
    {
        var canvas = new Canvas(rows.Length, rows.Length, rows[0]);
        for (var y = 0; y < rows.Length; y++)
        {
            canvas.Texels.AsSpan(y * rows.Length, rows.Length).Fill(rows[y].Texel);
        }

        return canvas;
    }

    /// <summary>Blocks below one another, or beside one another where a face is wide; the same kind twice in a row takes one place of double size.</summary>
    private void Print(Pen pen, Colour[] ground, float width, float height, ReadOnlySpan<Block> blocks, ref CounterRandom random)
    {
        var margin = 0.07f * Math.Min(width, height);
        var (inner, tall) = (width - 2 * margin, height - 2 * margin);
        var beside = inner > 1.4f * tall;
        var paper = Paper(ground);
        var below = ground[ground.Length / 2];
        if (paper != below)
        {
            pen.RoundRectangle(0.6f * margin, 0.6f * margin, width - 1.2f * margin, height - 1.2f * margin, 0.5f * margin, paper);
        }

        for (var i = 0; i < blocks.Length;)
        {
            var end = i + 1;
            while (end < blocks.Length && blocks[end] == blocks[i])
            {
                end++;
            }

            var (begin, share) = (i / (float)blocks.Length, (end - i) / (float)blocks.Length);
            var place = beside ? pen.Moved(margin + begin * inner, margin) : pen.Moved(margin, margin + begin * tall);
            var (w, h) = beside ? (share * inner - margin / 2, tall) : (inner, share * tall - margin / 2);
            Put(blocks[i], place, w, h, paper, ref random);
            i = end;
        }
    }

    /// <summary>The ground itself where it is plain; where stripes or a picture run on, text stands on a panel.</summary>
    private Colour Paper(Colour[] ground)
    {
        var (darkest, lightest) = (ground.Min(colour => colour.Luma), ground.Max(colour => colour.Luma));
        return lightest - darkest < Plain ? ground[ground.Length / 2]
            : (seed & 4) == 0 ? palette.Colours.MaxBy(colour => colour.Luma).Mix(Colour.White, 0.6f)
            : palette.Colours[0].Mix(palette.Colours[0].Luma > 128 ? Colour.White : Colour.Black, 0.35f);
    }

    private void Put(Block block, Pen pen, float width, float height, Colour paper, ref CounterRandom random)
    {
        var ink = palette.Ink(paper);
        switch (block)
        {
            case Block.Picture:
                var (wide, high) = (Math.Min(width, height * aspect), Math.Min(height, width / aspect));
                pen.Moved((width - wide) / 2, (height - high) / 2).Picture(front, wide, high);
                break;
            case Block.Text:
                FinePrint.Text(pen, width, height, ink, ref random);
                break;
            case Block.Table:
                FinePrint.Table(pen, width, height, ink, paper, ref random);
                break;
            default:
                Code(pen, width, height, ink);
                break;
        }
    }

    /// <summary>The bar code at 80 to 100 % of its nominal size where there is room, upright on narrow faces, and a mark beside it.</summary>
    private void Code(Pen pen, float width, float height, Colour ink)
    {
        const float Nominal = 37.29f;
        const float Smallest = 0.8f * Nominal;
        var digits = Ean13.Digits(CounterRandom.Hash(seed, 13, 0));
        if (width < Smallest && height > width)
        {
            var length = Math.Min(Nominal, height);
            Ean13.Draw(pen.Moved(width, 0).Turned(Math.PI / 2), length, Math.Min(0.5f * length, 0.8f * width), digits);
            return;
        }

        var symbol = Math.Min(Math.Min(Nominal, width), 1.5f * height);
        Ean13.Draw(pen.Moved(width - symbol, height - symbol / 1.5f), symbol, symbol / 1.5f, digits);
        var mark = Math.Min(width - symbol, Math.Min(height, 14)) * 0.9f;
        if (mark > 4)
        {
            FinePrint.LoopMark(pen.Moved((width - symbol - mark) / 2, height - symbol / 3 - mark / 2), mark, ink);
        }
    }
}
