using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Where everything on a shelf stands. Metres; x right, y up from the lowest board, z out of the shelf with its front edge at 0.</summary>
internal sealed record ShelfLayout(IReadOnlyList<Placement> Placements, IReadOnlyList<double> Boards, double Length, double Depth, double Top)
{
    private const double BoardThickness = 0.02;
    private const double BehindEachOther = 0.006;

    public const double Thickness = BoardThickness;

    public static ShelfLayout Draw(ShelfRecipe recipe, Catalogue catalogue, ulong seed, ulong image)
    {
        var random = new CounterRandom(seed, image, 1);
        var rows = recipe.Rows.SampleWhole(ref random);
        var missing = recipe.Row.Missing.Sample(ref random);
        var distractors = recipe.Row.Distractors.Sample(ref random);
        var filled = new List<Row>();
        for (var row = 0; row < rows; row++)
        {
            // Each row has its own numbers: another facing in one leaves the others as they were.
            var own = new CounterRandom(seed, image, (ulong)(0x100 + row));
            filled.Add(Row.Draw(recipe.Row, catalogue, missing, distractors, ref own));
        }

        var length = Math.Max(0.5, filled.Max(row => row.Length) + 0.02);
        var depth = Math.Max(0.28, filled.Max(row => row.Depth) + 0.02);
        var boards = new List<double>();
        var placements = new List<Placement>();
        var floor = 0.0;
        for (var row = 0; row < rows; row++)
        {
            boards.Add(floor);
            placements.AddRange(filled[row].Stand(row, floor, length));
            floor += filled[row].Height + BoardThickness;
        }

        boards.Add(floor);
        return new ShelfLayout(placements, boards, length, depth, floor);
    }

    /// <summary>One row before it is put on its board: x from 0, with the places' extents.</summary>
    private sealed record Row(List<List<Placement>> Places, double Length, double Depth, double Height)
    {
        public static Row Draw(RowKnobs knobs, Catalogue catalogue, double missing, double distractors, ref CounterRandom random)
        {
            var facings = knobs.Facings.SampleWhole(ref random);
            var layers = knobs.Depth.SampleWhole(ref random);
            var clearance = knobs.Clearance.Sample(ref random);
            var places = new List<List<Placement>>();
            var (article, left) = (default(Article), 0);
            var (cursor, depth, tallest) = (0.0, 0.0, 0.1);
            for (var facing = 0; facing < facings; facing++, left--)
            {
                if (left <= 0)
                {
                    left = knobs.Repeat.SampleWhole(ref random);
                    article = random.NextUnit() < distractors ? Article.Unknown(ref random) : Article.Of(catalogue, random.NextIndex(catalogue.Products.Count));
                }

                cursor += knobs.Gap.Sample(ref random);
                var empty = random.NextUnit() < missing;
                var place = Place(article, facing, empty ? 0 : layers, cursor, knobs, ref random);
                // An empty place is as wide as what is missing.
                cursor += empty ? article.Width : place.Max(one => 2 * one.ExtentX);
                if (!empty)
                {
                    places.Add(place);
                    depth = Math.Max(depth, place.Max(one => one.ExtentZ - one.Z));
                    tallest = Math.Max(tallest, article.Height);
                }
            }

            return new Row(places, cursor, depth, tallest + clearance);
        }

        /// <summary>The row's products on their board, spread over the shelf's length.</summary>
        public IEnumerable<Placement> Stand(int row, double floor, double length)
        {
            // Short rows are let out a little and stand in the middle: neighbours stay neighbours.
            var spread = Math.Min(0.03, (length - Length) / Math.Max(1, Places.Count));
            var start = (-(Length + (spread * (Places.Count - 1))) / 2);
            return Places.SelectMany((place, i) => place.Select(one => one with { Row = row, X = one.X + start + (spread * i), Y = floor + (one.Article.Height / 2) }));
        }

        private static List<Placement> Place(Article article, int facing, int layers, double from, RowKnobs knobs, ref CounterRandom random)
        {
            var place = new List<Placement>();
            var back = -knobs.Setback.Sample(ref random);
            for (var layer = 0; layer < layers; layer++)
            {
                var yaw = knobs.Yaw.Sample(ref random) * Math.PI / 180;
                var one = new Placement(article, yaw, 0, 0, 0, 0, facing);
                place.Add(one with { Z = back - one.ExtentZ });
                back -= (2 * one.ExtentZ) + BehindEachOther;
            }

            var half = place.Count == 0 ? 0 : place.Max(one => one.ExtentX);
            return [.. place.Select(one => one with { X = from + half })];
        }
    }
}

/// <summary>What stands in a place: a product of the catalogue, or an unknown one. Metres.</summary>
internal readonly record struct Article(int Product, ProductShape Shape, double Width, double Height, double Depth, ulong Look)
{
    /// <summary>Whether it is not in the catalogue and carries no label.</summary>
    public bool IsUnknown => Product < 0;

    public static Article Of(Catalogue catalogue, int index)
    {
        var product = catalogue.Products[index];
        return new Article(index, product.Shape, product.WidthMm * 1e-3, product.HeightMm * 1e-3, product.DepthMm * 1e-3, 0);
    }

    public static Article Unknown(ref CounterRandom random)
    {
        var shape = random.NextUnit() < 0.25 ? ProductShape.Cylinder : ProductShape.Box;
        var width = random.NextUniform(0.05, 0.11);
        return new Article(-1, shape, width, random.NextUniform(0.1, 0.25), shape == ProductShape.Box ? random.NextUniform(0.05, 0.1) : width, random.NextBits());
    }
}

/// <summary>An article at its place; x, y, z is its centre.</summary>
internal sealed record Placement(Article Article, double Yaw, double X, double Y, double Z, int Row, int Facing)
{
    public double Cos { get; } = PortableMath.Cos(Yaw);

    public double Sin { get; } = PortableMath.Sin(Yaw);

    /// <summary>Half the width that it takes as it is turned.</summary>
    public double ExtentX => Article.Shape == ProductShape.Cylinder ? Article.Width / 2 : ((Math.Abs(Cos) * Article.Width) + (Math.Abs(Sin) * Article.Depth)) / 2;

    /// <summary>Half the depth that it takes as it is turned.</summary>
    public double ExtentZ => Article.Shape == ProductShape.Cylinder ? Article.Width / 2 : ((Math.Abs(Sin) * Article.Width) + (Math.Abs(Cos) * Article.Depth)) / 2;
}
