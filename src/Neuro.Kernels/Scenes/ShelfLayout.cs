using System.Numerics;
using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Scenes;

/// <summary>Where everything on a shelf stands. Metres; x right, y up from the lowest board, z out of the shelf with its front edge at 0.</summary>
/// <param name="Placements">What stands on it.</param>
/// <param name="Gaps">What is missing.</param>
/// <param name="Slots">Planogram slots, numbered from the lowest row's left end.</param>
internal sealed record ShelfLayout(
    IReadOnlyList<Placement> Placements, IReadOnlyList<Placement> Gaps, IReadOnlyList<Slot> Slots, IReadOnlyList<double> Boards, double Length, double Depth, double Top)
{
    private const double BehindEachOther = 0.006;

    public const double Thickness = 0.02;

    /// <param name="product">Which products; null for all alike.</param>
    /// <param name="facings">The most places in a row.</param>
    public static ShelfLayout Draw(Distribution rowCount, RowKnobs knobs, DistractorKnobs distractors, Distribution? product, Catalogue catalogue, int facings, ulong seed, ulong image)
    {
        var random = new CounterRandom(seed, image, 1);
        var rows = rowCount.SampleWhole(ref random);
        var missing = knobs.Missing.Sample(ref random);
        var assortment = new Assortment(distractors, product, catalogue, ref random);
        var filled = new List<Row>();
        for (var row = 0; row < rows; row++)
        {
            // Each row has its own numbers: another facing in one leaves the others as they were.
            var own = new CounterRandom(seed, image, (ulong)(0x100 + row));
            filled.Add(Row.Draw(knobs, assortment, missing, facings, filled.Sum(before => before.SlotCount), ref own));
        }

        var length = Math.Max(0.5, filled.Max(row => row.Length) + 0.02);
        var depth = Math.Max(0.28, filled.Max(row => row.Depth) + 0.02);
        var boards = new List<double>();
        var places = new List<Placement>();
        var floor = 0.0;
        for (var row = 0; row < rows; row++)
        {
            boards.Add(floor);
            places.AddRange(filled[row].Stand(row, floor, length));
            floor += filled[row].Height + Thickness;
        }

        boards.Add(floor);
        return new ShelfLayout([.. places.Where(place => !place.IsMissing)], [.. places.Where(place => place.IsMissing)], SlotsOf(places), boards, length, depth, floor);
    }

    private static List<Slot> SlotsOf(List<Placement> places) =>
        [.. places.GroupBy(place => place.Slot).OrderBy(slot => slot.Key).Select(slot =>
        {
            var (from, to) = (slot.Min(place => place.X - place.ExtentX), slot.Max(place => place.X + place.ExtentX));
            var owner = slot.FirstOrDefault(place => !place.IsStray) ?? slot.First();
            return new Slot(slot.Key, owner.Row, owner.Article.IsWanted ? owner.Article.Product : -1, from, to);
        })];

    /// <summary>One row before it is put on its board: x from 0, with the places' extents.</summary>
    private sealed record Row(List<List<Placement>> Places, int SlotCount, double Length, double Depth, double Height)
    {
        public static Row Draw(RowKnobs knobs, Assortment assortment, double missing, int most, int firstSlot, ref CounterRandom random)
        {
            var facings = Math.Min(knobs.Facings.SampleWhole(ref random), most);
            var layers = knobs.Depth.SampleWhole(ref random);
            var clearance = knobs.Clearance.Sample(ref random);
            var places = new List<List<Placement>>();
            var (article, before, left, slot) = (default(Article), default(Article), 0, firstSlot - 1);
            var (cursor, depth, tallest) = (0.0, 0.0, 0.1);
            for (var facing = 0; facing < facings; facing++, left--)
            {
                if (left <= 0)
                {
                    left = knobs.Repeat.SampleWhole(ref random);
                    before = slot < firstSlot ? default : article;
                    article = assortment.Draw(knobs.Scale.Sample(ref random), ref random);
                    slot++;
                }

                cursor += knobs.Gap.Sample(ref random);
                var stray = random.NextUnit() < knobs.Disorder.Sample(ref random) && before.Width > 0;
                var empty = random.NextUnit() < missing;
                var place = Place(stray && !empty ? before : article, facing, slot, stray && !empty, empty ? 0 : layers, cursor, knobs, ref random);
                cursor += place.Max(one => 2 * one.ExtentX);
                places.Add(place);
                depth = Math.Max(depth, place.Max(one => one.ExtentZ - one.Z));
                tallest = Math.Max(tallest, place.Max(one => 2 * one.ExtentY));
            }

            return new Row(places, slot - firstSlot + 1, cursor, depth, tallest + clearance);
        }

        /// <summary>The row's products on their board, spread over the shelf's length.</summary>
        public IEnumerable<Placement> Stand(int row, double floor, double length)
        {
            // Short rows are let out a little and stand in the middle: neighbours stay neighbours.
            var spread = Math.Min(0.03, (length - Length) / Math.Max(1, Places.Count));
            var start = -(Length + (spread * (Places.Count - 1))) / 2;
            return Places.SelectMany((place, i) => place.Select(one => one with { Row = row, X = one.X + start + (spread * i), Y = floor + one.ExtentY }));
        }

        /// <summary>The layers of a place; without any, what is missing there: an empty place is as wide as that.</summary>
        private static List<Placement> Place(Article article, int facing, int slot, bool stray, int layers, double from, RowKnobs knobs, ref CounterRandom random)
        {
            var place = new List<Placement>();
            var back = -knobs.Setback.Sample(ref random);
            for (var layer = 0; layer < Math.Max(1, layers); layer++)
            {
                var yaw = knobs.Yaw.Sample(ref random) * Math.PI / 180;
                var lies = random.NextUnit() < knobs.Fallen.Sample(ref random);
                var lying = !lies || layers == 0 ? Lying.Not : random.NextUnit() < 0.5 ? Lying.OnItsBack : Lying.OnItsSide;
                var one = new Placement(article, yaw, 0, 0, 0, 0, facing) { Layer = layer, Slot = slot, Lying = lying, IsStray = stray, IsMissing = layers == 0 };
                place.Add(one with { Z = back - one.ExtentZ });
                back -= (2 * one.ExtentZ) + BehindEachOther;
            }

            var half = place.Max(one => one.ExtentX);
            return [.. place.Select(one => one with { X = from + half })];
        }
    }
}

/// <summary>Neighbouring places of one article on a shelf.</summary>
/// <param name="Number">Through the whole shelf.</param>
/// <param name="Product">What belongs there, index in the catalogue; −1 for what carries no label.</param>
/// <param name="From">Left end, metres.</param>
/// <param name="To">Right end.</param>
internal sealed record Slot(int Number, int Row, int Product, double From, double To);

/// <summary>How an article lies.</summary>
internal enum Lying
{
    /// <summary>It stands.</summary>
    Not,
    OnItsBack,
    OnItsSide,
}

/// <summary>An article at its place; x, y, z is its centre.</summary>
internal sealed record Placement(Article Article, double Yaw, double X, double Y, double Z, int Row, int Facing)
{
    /// <summary>Place behind the front edge.</summary>
    public int Layer { get; init; }

    public int Slot { get; init; }

    public Lying Lying { get; init; }

    /// <summary>Whether it belongs elsewhere.</summary>
    public bool IsStray { get; init; }

    /// <summary>Whether nothing stands here though it should.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Half the width that it takes as it is turned.</summary>
    public double ExtentX => IsRoundFromAbove ? Article.Width / 2 : ((Math.Abs(PortableMath.Cos(Yaw)) * Across) + (Math.Abs(PortableMath.Sin(Yaw)) * Along)) / 2;

    /// <summary>Half the height that it takes.</summary>
    public double ExtentY => (Lying switch
    {
        Lying.OnItsBack => Article.Depth,
        Lying.OnItsSide => Article.Width,
        _ => Article.Height,
    }) / 2;

    /// <summary>Half the depth that it takes as it is turned.</summary>
    public double ExtentZ => IsRoundFromAbove ? Article.Width / 2 : ((Math.Abs(PortableMath.Sin(Yaw)) * Across) + (Math.Abs(PortableMath.Cos(Yaw)) * Along)) / 2;

    /// <summary>From the article's own axes to the world's.</summary>
    public Placing Placing
    {
        get
        {
            var origin = new Vector3((float)X, (float)Y, (float)Z);
            return Lying switch
            {
                Lying.OnItsBack => Placing.Upright(origin, Yaw).After(Placing.Turned(Vector3.Zero, 0, -Math.PI / 2, 0)),
                Lying.OnItsSide => Placing.Upright(origin, Yaw).After(Placing.Turned(Vector3.Zero, 0, 0, -Math.PI / 2)),
                _ => Placing.Upright(origin, Yaw),
            };
        }
    }

    /// <summary>Half width and half depth before the turn.</summary>
    public (double X, double Z) Footprint => (Across / 2, Along / 2);

    private bool IsRoundFromAbove => Article.Shape.IsRound() && Lying == Lying.Not;

    private double Across => Lying == Lying.OnItsSide ? Article.Height : Article.Width;

    private double Along => Lying == Lying.OnItsBack ? Article.Height : Article.Depth;
}
