using System.Text.Json.Nodes;
using Neuro.Client.Api;
using Neuro.Client.Data;
using Neuro.Client.Jobs;
using Neuro.Client.Market;
using Neuro.Client.Models;
using Neuro.Client.Nodes;
using Neuro.Client.Tokens;
using Neuro.Interactive.Formatting;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Interactive.Tests.ContractFormatters;

/// <summary>One of each contract, the same in every run.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] NodeSecret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] PlatformSecret = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];

    public static readonly string NodeKey = Ed25519.PublicKey(NodeSecret);
    public static readonly string PlatformKey = Ed25519.PublicKey(PlatformSecret);

    public static Guid Id(int number) => Guid.Parse($"0193a000-0000-7000-8000-{number:x12}");

    public static string Hash(int number) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([(byte)number]));

    public static Ntk Ntk(string amount) => Client.Tokens.Ntk.Parse(amount);

    public static Quote Quote => new(
        Id(1), "render", "Render 600 shelf images, seed 7", new Cu(120_500), 24, Ntk("0.1"), Ntk("12.6525"), Ntk("0.6025"), 500, Ntk("15.183"),
        TimeSpan.FromSeconds(83), "cpu-avx512",
        [
            new(NodeKey, "attic", "cpu-avx512", Ntk("0.08"), 1.25, 0.62) { Reliability = 0.999, EffectiveFloor = Ntk("0.080080081"), PayPerCu = Ntk("0.1") },
            new(Hash(2), "<b>cellar</b>", "cpu-avx512", Ntk("0.09"), 0.75, 0.38) { Reliability = 0.9, EffectiveFloor = Ntk("0.1"), StartCost = Ntk("0.5"), PayPerCu = Ntk("0.1"), StartPay = Ntk("0.042") },
            new(Hash(3), "garage", "cpu-avx2", Ntk("0.1255"), 0.5, 0) { Reliability = 0.95, EffectiveFloor = Ntk("0.132105264") },
        ],
        ["Pool cpu-avx512 meets the hour with the lowest clearing price, 0.1 NTK per CU.", "2 of its nodes are needed; the dearest of them sets the price for both.", "The cap leaves room for one dearer node to step in."],
        Noon.AddMinutes(10))
    {
        Estimate = new(
            new(124.3, 110.2, 160, 412, true), new(85.7, 76, 110.4, 412, true), new(620e6, 580e6, 710e6, 412, false), new(8.4e6, 4.2e6, 16.8e6, 0, false), new(61.2e6, 58e6, 66.5e6, 412, true)),
    };

    public static GeneratorListing Generator => new(
        "shelf", 1, "Supermarket shelf", "Shelves of packaged products with price rails, gaps and clutter, seen by a hand-held camera.", "MIT",
        ["boxes", "instance masks", "depth", "visibility"], JsonNode.Parse("""{"generator":"shelf","version":1,"rows":{"choice":[2,3,4]}}""")!.AsObject());

    public static Listing Listing => new(
        new("0199a1b2-0000-7000-8000-00000000c0de"), "dataset", "fridge-shelves", 2, "Ada <Lovelace>", "Fridges & shelves", "Seen by phones.\nWith <b>every</b> label.", "CC BY 4.0", "listed",
        Ntk("12.5"), 7, true, 1000, new AssetCard { Images = 1200, Objects = 30_500, Classes = 40, Width = 640, Height = 480, Labels = ["boxes", "depth"], Bytes = 812_000_000 }, true, null,
        new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero));

    public static GeneratorListing PublishedGenerator => Generator with
    {
        Name = "my-shop",
        Version = 3,
        Title = "Supermarket shelf: my <shop>",
        License = "CC-BY-4.0",
        Catalogue = new ArtifactRef(Hash(30), 4_200_000, "my-shop.tar", "application/x-tar"),
        Owner = "Ada",
    };

    public static Balance Balance => new("Ada", Ntk("984.817"), Ntk("15.183"));

    public static IReadOnlyList<LedgerLine> Ledger =>
    [
        new(42, Id(42), Noon.AddMinutes(3), "post", Ntk("-0.5271875"), "node attic", "shard 0 of Render 600 shelf images, seed 7"),
        new(41, Id(41), Noon.AddMinutes(2), "hold", Ntk("0"), "holds", "job <Render 600 shelf images, seed 7>, cap 15.183 NTK"),
        new(40, Id(40), Noon, "transfer", Ntk("1000"), "treasury", "1000 NTK bought at 0.1 EUR"),
    ];

    public static LedgerProof Proof => new(
        new Dictionary<string, Ntk> { ["issuance"] = Ntk("-1000000000"), ["treasury"] = Ntk("999999000"), ["customer"] = Ntk("987.3475"), ["node"] = Ntk("12.05"), ["fees"] = Ntk("0.6025") },
        Client.Tokens.Ntk.Zero, 61, [], "61:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");

    public static LedgerProof BrokenProof => Proof with { Sum = Ntk("-0.000000001"), Faults = ["Account 7 has 3 NTK; its entries add up to 3.000000001 NTK."] };

    public static Purchase Purchase => new(Id(9), Ntk("1000"), 0.1m, 100m, "EUR", Noon);

    public static Job Job => new(
        Id(5), "render", "Render 600 shelf images, seed 7", JobState.Running, 24, 9, new Cu(120_500), Ntk("15.183"), Ntk("4.7446875"), Client.Tokens.Ntk.Zero, null, null, null, Noon, null);

    public static Job DoneJob => Job with { State = JobState.Succeeded, Verified = 24, Paid = Ntk("12.6525"), Returned = Ntk("2.5305"), DatasetId = Id(6), EndedAt = Noon.AddSeconds(85) };

    public static Job FailedJob => Job with { Id = Id(8), State = JobState.Failed, Returned = Ntk("10.4383125"), Error = "shard 3 failed on 5 nodes: picture <front.png> is cut short", EndedAt = Noon.AddMinutes(4) };

    public static JobProgress RenderProgress => new(Job, 0.375, TimeSpan.FromSeconds(32), TimeSpan.FromSeconds(53.3), "shard 8 verified, node attic paid", []);

    public static JobProgress TrainProgress => new(
        Job with { Kind = "train", Title = "Train small-cnn on shelf-7", Shards = 1, Verified = 0 }, 0.6, TimeSpan.FromSeconds(48), TimeSpan.FromSeconds(32), "epoch 6 of 10",
        [.. Enumerable.Range(1, 24).Select(i => new TrainingPoint(i * 10, 400, (i - 1) / 4, 3.4 * Math.Exp(-i / 7.0) + 0.15, 0.96 - 0.9 * Math.Exp(-i / 6.0), i % 4 == 0 ? 0.93 - 0.9 * Math.Exp(-i / 6.0) : null, 812.5))]);

    /// <summary>Receipts 0 and 1 as they should be; 2 was changed after the platform signed it.</summary>
    public static IReadOnlyList<Receipt> Receipts => [Signed(0), Signed(1), Signed(2) with { Price = Ntk("9") }];

    public static CheckedReceipts GoodReceipts => new([Signed(0), Signed(1)], PlatformKey);

    public static CheckedReceipts BadReceipts => new(Receipts, PlatformKey);

    public static IReadOnlyList<NodeView> Nodes =>
    [
        new(NodeKey, "attic", new Capacity("cpu-avx512", "8-core CPU", 8, 16_700_000_000, 1.25, 1.5), Ntk("0.08"), "working", 18, 0, Ntk("9.0375"), Noon),
        new(Hash(3), "garage", new Capacity("cpu-avx2", "2-core CPU", 2, 8_200_000_000, 0.5, 0.4), Ntk("0.1255"), "away", 6, 1, Ntk("3.0125"), Noon.AddMinutes(-7)),
    ];

    public static NodeView BarredNode => Nodes[1] with { Name = "<shed>", Barred = true };

    public static NodeRecord NodeRecord => new(
        NodeKey, "attic", 18, 1, 2, 11, 0.0909, new NodeReliability(37.0 / 41, 19, 20, 18, 3), Ntk("1.8"), Ntk("5"), null, null,
        [new(Noon.AddHours(-2), "lease_expired", "shard 4 of Render 600 shelf images, seed 7", Id(5), 4), new(Noon.AddDays(-3), "rejected", "image <17> differs in 3 pixels", null, null)]);

    public static IReadOnlyList<NodeEarnings> Earnings =>
    [
        new(NodeKey, "attic", new DateOnly(2026, 11, 23), 18, Ntk("9.0375")),
        new(Hash(3), "<garage>", new DateOnly(2026, 11, 23), 6, Ntk("3.0125")),
        new(NodeKey, "attic", new DateOnly(2026, 11, 20), 2, Ntk("1.25")),
    ];

    public static Book Book => new("CASH", "Cents of <EUR>", Ntk("0.001"), 50, Ntk("0.098"), Ntk("0.101")) { SuggestedPrice = Ntk("0.1") };

    public static Depth Depth => new("CASH", [new(Ntk("0.098"), 120, 2), new(Ntk("0.097"), 300, 4), new(Ntk("0.09"), 1000, 1)], [new(Ntk("0.101"), 50, 1), new(Ntk("0.105"), 400, 3)]);

    public static IReadOnlyList<Candle> Candles =>
    [
        .. Enumerable.Range(0, 24).Select(i => new Candle(
            Noon.AddHours(i - 24), new(95_000_000 + i * 200_000L), new(97_500_000 + i * 200_000L), new(93_000_000 + i * 250_000L), new(95_000_000 + i * 200_000L + (i % 3 - 1) * 1_500_000L), 40 + i * 7 % 60, 3 + i % 4)),
    ];

    public static BookOrder Order => new(Id(21), "CASH", "bid", "limit", Ntk("0.099"), 500, 120, "open", Noon);

    public static Deal Deal => new(
        Id(31), Id(30), 2, "Label my <fridge>", "labelling", "Ada", "Bo", "buyer", "Boxes around <every> bottle,\nplease.", Ntk("40"), "offered", 1000, Noon.AddDays(7), Id(33),
        [
            new(Id(32), 1, "supplier", Ntk("60"), [new("all of it", Ntk("60"))], 14, 7, "", Noon.AddDays(7), Noon),
            new(Id(33), 2, "supplier", Ntk("50"), [new("first half", Ntk("20")), new("rest", Ntk("30"))], 14, 7, "faster & cheaper", Noon.AddDays(7), Noon.AddHours(2)),
        ],
        [], null, null, null, Client.Tokens.Ntk.Zero, Client.Tokens.Ntk.Zero, Client.Tokens.Ntk.Zero, Noon);

    public static Deal WorkingDeal => Deal with
    {
        State = "working", OpenOffer = null, Due = Noon.AddDays(14), Held = Ntk("30"), Paid = Ntk("20"),
        Milestones =
        [
            new(1, "first half", Ntk("20"), Ntk("2"), "paid", [new(Id(40), null, "half of it", "approved", null, Noon, Noon.AddDays(7))]),
            new(2, "rest", Ntk("30"), Ntk("3"), "rejected", [new(Id(41), null, "the rest", "rejected", "12 boxes are <empty>", Noon, Noon.AddDays(7))]),
        ],
    };

    public static VerifiedReceipts Verified => new(
        [new(Signed(0), true, true, "image 17: ids equal, colours within 2", true), new(Signed(1), true, true, null, false)], PlatformKey, "said by the platform", []);

    public static VerifiedReceipts FalseReceipts => new(
        [new(Signed(0), true, true, "image 17: 40 pixels differ", false), new(Receipts[2], true, false, null, false)], PlatformKey, "remembered from <a connection>",
        ["Shard 1 of job 0193a000: image 17: 40 pixels differ", "Shard 3 of job 0193a000: the platform's signature does not hold."]);

    public static CompressionReport Compression => new("small-cnn", 2048, "1 thread, processor with VNNI",
    [
        new("small-cnn", 0.914, 41_200_000, 482_000, 1_930_240, TimeSpan.FromMilliseconds(2.4), "compressed/small-cnn/model.onnx"),
        new("small-cnn-2x int8", 0.9023, 20_400_000, 201_000, 240_000, TimeSpan.FromMilliseconds(0.6), "compressed/small-cnn-2x/model.int8.onnx"),
    ]);

    public static DatasetManifest Dataset => new(
        Id(6), "shelf-7", Hash(6), 7, 600, JsonNode.Parse("""{"generator":"shelf","version":1,"width":640,"height":480}""")!.AsObject(), Hash(7),
        [.. Enumerable.Range(0, 3).Select(i => new ArtifactRef(Hash(20 + i), 31_400_000 + 1000 * i, $"shard-{i:00000}.tar", "application/x-tar"))], Id(5), Noon.AddMinutes(2));

    public static ModelManifest Model => new(Id(12), "small-cnn", Hash(12), Id(6), new ArtifactRef(Hash(13), 1_930_240, "small-cnn.tar", "application/x-tar"), 0.9137, Id(11), Noon.AddMinutes(9));

    public static Evaluation Evaluation => EvaluationOf(31, ["Bregott-Original-Spread-600g", "Arla-Ecological-Medium-Fat-Milk", "God-Morgon-Orange-Red-Grapefruit-Juice", "Oatly-Natural-Oatghurt", "Tropicana-Golden-Grapefruit"]);

    public static Evaluation SmallEvaluation => EvaluationOf(3, ["Oat", "Rye", "<Barley>"]);

    /// <summary>A round that made it better, one that did not, and one with nothing left to do.</summary>
    public static ImprovementReport Improvement => new("small-cnn", "rendered products, seed 501", 400,
    [
        new(
            254,
            [new("pictures darker than 0.21", 51, 120, 203, 280), new("pictures of <Barley>", 6, 20, 248, 380)],
            [
                new("photo.exposure", """{"uniform":[0.8,1.3]}""", """{"choice":{"of":[{"uniform":[0.8,1.3]},{"curve":[[0.1,0.5],[0.65,0]]}],"weights":[0.7,0.3]}}""",
                    "pictures darker than 0.21: 42 % right against 72 %: drawn from 0.1 to 0.65 in 30 % of the pictures"),
                new("product", "any product", """{"choice":{"of":[-1,2],"weights":[0.95,0.05]}}""", "pictures of <Barley>: 30 % right against 65 %: drawn more often"),
            ],
            ["products smaller than 20 px: 50 % right against 70 %: no setting of hold.size makes such pictures."],
            new(300, 20, 66, 0.0000006, 0.115, 0.07, 0.16, true, "Better by +11.5 points (95 % interval +7.0 to +16.0, p < 0.0001): the new model is kept.")),
        new(
            300, [new("pictures darker than 0.18", 60, 100, 240, 300)],
            [new("photo.exposure", """{"uniform":[0.8,1.3]}""", """{"uniform":[0.1,1.3]}""", "pictures darker than 0.18: 60 % right against 80 %: drawn from 0.1 to 0.5 in 25 % of the pictures")],
            [], new(302, 18, 20, 0.87, 0.005, -0.025, 0.035, false, "Not shown to be better, +0.5 points (95 % interval −2.5 to +3.5, p = 0.8714): the older model is kept.")),
        new(300, [], [], []),
    ]);

    public static Audit CleanAudit => new(24_816, 0);

    public static DatasetCard Card => new()
    {
        Dataset = Dataset,
        ClassNames = ["Solvika Orange", "Solvika Apple", "Fizzelt Cola", "<Kornby> Berry"],
        Objects = 24_816,
        ClassHistogram = [7102, 6035, 6811, 4868],
        WrittenAudit = new Audit(24_816, 0),
        Audit = CleanAudit,
        AuditedImages = 600,
        Samples = [.. Enumerable.Range(0, 12).Select(i => new DatasetCard.Sample(50 * i, 41 + i, Shelf(i).Boxes))],
    };

    public static DatasetCard WrongCard
    {
        get
        {
            var card = Card;
            return new()
            {
                Dataset = card.Dataset,
                ClassNames = card.ClassNames,
                Objects = card.Objects,
                ClassHistogram = card.ClassHistogram,
                WrittenAudit = card.WrittenAudit,
                Audit = new Audit(24_816, 2),
                AuditedImages = 600,
                Samples = [],
            };
        }
    }

    public static ScenePreview Preview => Shelf(0);

    public static PlatformStatus Status => new(new Uri("http://127.0.0.1:5080/"), new Account(Id(1), "Ada", Ntk("984.817")), Balance, Nodes, [DoneJob, Job]);

    public static PlatformCard Platform => new(
        new Uri("http://127.0.0.1:5080/"), new PlatformInfo("0.1.0", PlatformKey, 0.1m, "EUR", new Dictionary<string, int> { ["render"] = 500, ["train"] = 800 }));

    /// <summary>Labels of two cartons beside each other on a frame of 160 × 120 pixels, and their id picture.</summary>
    public static (int[] Ids, ImageLabels Labels) TwoCartons(int index = 0)
    {
        const int Width = 160, Height = 120;
        BoundingBox[] boxes = [new(20, 25, 40, 70), new(60, 40, 55 + index, 55)];
        var ids = new int[Width * Height];
        for (var i = 0; i < boxes.Length; i++)
        {
            for (var at = 0; at < ids.Length; at++)
            {
                var (x, y) = (at % Width, at / Width);
                ids[at] = x >= boxes[i].X && x < boxes[i].X + boxes[i].Width && y >= boxes[i].Y && y < boxes[i].Y + boxes[i].Height ? i + 1 : ids[at];
            }
        }

        var instances = boxes.Select((box, i) =>
        {
            var mask = RunLength.Encode(Width, Height, [.. ids.Select(id => id == i + 1)]);
            return new Instance
            {
                Id = i + 1,
                ClassId = 3 * i,
                Sku = $"sku-{i}",
                Box = box,
                Area = mask.Area,
                Mask = mask,
                AmodalBox = box,
                UnoccludedArea = mask.Area,
                AmodalMask = mask,
                Truncation = 0,
                OrientedBox = default,
                Pose = default,
                Size = default,
                Corners = [],
                FrontAngle = 0,
                Place = new ShelfPlace(0, i, 0, i, -1),
            };
        });
        return (ids, new ImageLabels(index, Width, Height, CameraLabel.Unknown(Width, Height), [.. instances], [], []));
    }

    private static ScenePreview Shelf(int index)
    {
        var (ids, labels) = TwoCartons(index);
        var frame = new Frame(labels.Width, labels.Height, FrameMaps.All);
        ids.CopyTo(frame.Ids, 0);
        for (var at = 0; at < ids.Length; at++)
        {
            frame.Depth[at] = at < labels.Width ? float.PositiveInfinity : 0.6f + 0.5f * at / ids.Length;
            frame.Rgb[3 * at] = (byte)(90 + 60 * ids[at]);
            frame.Rgb[3 * at + 1] = (byte)(110 + at / labels.Width);
            frame.Rgb[3 * at + 2] = (byte)(80 + at % labels.Width / 2);
        }

        return ScenePreview.Of(frame, labels, 7, Hash(6), "corner-shop");
    }

    private static Receipt Signed(int shard)
    {
        string[] outputs = [Hash(20 + shard)];
        var work = Ed25519.Sign(NodeSecret, Receipt.WorkBytes(Id(5), shard, outputs));
        var open = new Receipt(
            Id(5), shard, "render", Hash(6), NodeKey, outputs, Ntk("0.5271875"), Ntk("0.02510417"), "image 17 rendered again: ids equal, colours within 2", Noon.AddSeconds(10 + shard), work, "");
        return open with { Signature = Ed25519.Sign(PlatformSecret, open.SignedBytes()) };
    }

    private static Evaluation EvaluationOf(int classes, string[] names)
    {
        var all = Enumerable.Range(0, classes).Select(i => i < names.Length ? names[i] : $"Carton-Of-Kind-{i:00}").ToArray();
        var confusion = Enumerable.Range(0, classes).Select(i => Enumerable.Range(0, classes).Select(j => i == j ? 9 - i % 4 : (i * 7 + 4) % classes == j ? 1 + i % 3 : 0).ToArray()).ToArray();
        var worst = Enumerable.Range(0, 6).Select(i => new Mistake($"photos/{all[i % classes]}_{i:000}.jpg", all[i % classes], all[(i * 7 + 4) % classes], 0.99 - 0.07 * i, Shelf(i).Rgb));
        return new("small-cnn", "real photos (SKU benchmark)", all, confusion.Sum(row => row.Sum()), 0.8912, 0.8541, 0.9196, 0.9732, 0.8833, confusion, [.. worst]);
    }
}
