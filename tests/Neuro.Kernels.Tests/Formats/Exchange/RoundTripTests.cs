using System.Diagnostics;
using System.Numerics;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Labels;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Formats.Exchange;

public sealed class RoundTripTests
{
    [Theory]
    [InlineData(DatasetFormat.Coco)]
    [InlineData(DatasetFormat.CocoPolygons)]
    [InlineData(DatasetFormat.Yolo)]
    [InlineData(DatasetFormat.YoloPolygons)]
    [InlineData(DatasetFormat.Kitti)]
    [InlineData(DatasetFormat.Voc)]
    [InlineData(DatasetFormat.Solo)]
    public void ExportImport_BoxesAndClasses_AreTheSame(DatasetFormat format)
    {
        using var exported = new Exported();

        var imported = exported.RoundTrip(format);

        foreach (var (was, now, _) in exported.Pairs)
        {
            now.Box.ShouldBe(new ExternalBox(was.Box.X, was.Box.Y, was.Box.Width, was.Box.Height));
            imported.ClassNames[now.ClassId].ShouldBe(Sample.Classes[was.ClassId]);
        }

        imported.ClassNames.Order().ShouldBe(Sample.Classes.Order());
        if (format != DatasetFormat.Voc)
        {
            imported.ClassNames.ShouldBe(Sample.Classes);
        }
    }

    [Theory]
    [InlineData(DatasetFormat.Coco)]
    [InlineData(DatasetFormat.CocoPolygons)]
    [InlineData(DatasetFormat.YoloPolygons)]
    [InlineData(DatasetFormat.Solo)]
    public void ExportImport_Masks_AreTheSame(DatasetFormat format)
    {
        using var exported = new Exported();

        exported.RoundTrip(format);

        exported.Pairs.ShouldAllBe(pair => pair.Image.MaskOf(pair.Is)!.Equals(pair.Was.Mask));
    }

    [Theory]
    [InlineData(DatasetFormat.Coco)]
    [InlineData(DatasetFormat.Solo)]
    public void ExportImport_Keypoints_AreTheSame(DatasetFormat format)
    {
        using var exported = new Exported();

        exported.RoundTrip(format);

        exported.Pairs.ShouldAllBe(pair => pair.Is.Keypoints.SequenceEqual(pair.Was.Corners));
    }

    [Theory]
    [InlineData(DatasetFormat.Coco)]
    [InlineData(DatasetFormat.Kitti)]
    public void ExportImport_Truncation_IsTheSame(DatasetFormat format)
    {
        using var exported = new Exported();

        exported.RoundTrip(format);

        exported.Pairs.ShouldAllBe(pair => (float)pair.Is.Truncation!.Value == pair.Was.Truncation);
    }

    [Fact]
    public void ExportImport_SoloBoxesInSpace_AreTheSameToRounding()
    {
        using var exported = new Exported();

        exported.RoundTrip(DatasetFormat.Solo);

        foreach (var (was, now, _) in exported.Pairs)
        {
            now.Box3D!.Size.ShouldBe(was.Size);
            now.Box3D.Pose.Translation.ShouldBe(was.Pose.Translation);
            MathF.Abs(Quaternion.Dot(now.Box3D.Pose.Rotation, was.Pose.Rotation)).ShouldBe(1, 1e-5f);
        }
    }

    [Fact]
    public void ExportImport_KittiBoxesThatStandUpright_AreTheSameToRounding()
    {
        // Upright before a level camera: y points down in the camera's axes, so half a turn about x and then one about the vertical.
        var random = new Random(4);
        using var exported = new Exported(labels => labels with
        {
            Instances = [.. labels.Instances.Select(one => one with
            {
                Pose = one.Pose with { Rotation = Quaternion.Normalize(Quaternion.CreateFromAxisAngle(Vector3.UnitX, MathF.PI) * Quaternion.CreateFromAxisAngle(Vector3.UnitY, 6 * random.NextSingle())) },
            })],
        });

        exported.RoundTrip(DatasetFormat.Kitti);

        foreach (var (was, now, _) in exported.Pairs)
        {
            now.Box3D!.Size.ShouldBe(was.Size);
            Vector3.Distance(now.Box3D.Pose.Translation, was.Pose.Translation).ShouldBeLessThan(1e-5f);
            MathF.Abs(Quaternion.Dot(now.Box3D.Pose.Rotation, was.Pose.Rotation)).ShouldBe(1, 1e-5f);
        }
    }

    [Fact]
    public void Export_ProductThatFacesTheCamera_IsTurnedAsKittiAndUnitySay()
    {
        // Upright, two metres ahead; the camera stands a metre high before the shelf and looks straight at it.
        var half = Quaternion.CreateFromAxisAngle(Vector3.UnitX, MathF.PI);
        using var exported = new Exported(labels => labels with
        {
            Camera = labels.Camera with { Pose = new Pose(half, new Vector3(0, 1, 2)) },
            Instances = [.. labels.Instances.Select(one => one with { Pose = new Pose(half, new Vector3(0, 0, 2)), Size = new Vector3(0.1f, 0.2f, 0.05f), Corners = [.. one.Corners.Select(_ => default(Keypoint) with { X = -1 })] })],
        });

        exported.Export(DatasetFormat.Kitti);

        // A car that comes towards the camera has a turn of π/2.
        var words = File.ReadAllLines(Path.Combine(exported.Folder, "label_2", "000000.txt"))[0].Split(' ');
        words[8..13].ShouldBe(["0.2", "0.1", "0.05", "0", "0.1"]);
        double.Parse(words[14], System.Globalization.CultureInfo.InvariantCulture).ShouldBe(Math.PI / 2, 1e-6);
        double.Parse(words[3], System.Globalization.CultureInfo.InvariantCulture).ShouldBe(Math.PI / 2, 1e-6);
        // In Unity it is turned half about y, and the camera not at all.
        AbsoluteDot(SoloAxes.OfProduct(new Pose(half, default)).Rotation, new Quaternion(0, 1, 0, 0)).ShouldBe(1, 1e-6f);
        var camera = SoloAxes.OfCamera(new Pose(half, new Vector3(0, 1, 2)));
        AbsoluteDot(camera.Rotation, Quaternion.Identity).ShouldBe(1, 1e-6f);
        Vector3.Distance(camera.Translation, new Vector3(0, 1, -2)).ShouldBeLessThan(1e-6f);
    }

    [Fact]
    public void Export_KittiLine_HasTheFieldsOfTheDevelopmentKit()
    {
        using var exported = new Exported();
        exported.Export(DatasetFormat.Kitti);
        var one = exported.Images[0].Labels.Instances[0];

        var words = File.ReadAllLines(Path.Combine(exported.Folder, "label_2", "000000.txt"))[0].Split(' ');

        words.Length.ShouldBe(15);
        words[0].ShouldBe(Sample.Classes[one.ClassId].Replace(' ', '_'));
        words[2].ShouldBe(one.Visibility >= 0.95 ? "0" : one.Visibility >= 0.5 ? "1" : "2");
        words[4..8].ShouldBe([$"{one.Box.X}", $"{one.Box.Y}", $"{one.Box.X + one.Box.Width - 1}", $"{one.Box.Y + one.Box.Height - 1}"]);
    }

    [Fact]
    public void ExportImport_YoloOrientedBoxesInsideThePicture_AreTheSameToRounding()
    {
        using var exported = new Exported(labels => labels with
        {
            Instances = [.. labels.Instances.Select((one, at) => one with { OrientedBox = new OrientedBox(40.5f, 30.25f, 20 + at, 9.5f, (7.5f * at) - 44) })],
        });

        exported.RoundTrip(DatasetFormat.YoloObb);

        foreach (var (was, now, _) in exported.Pairs)
        {
            var (a, b) = (was.OrientedBox, now.OrientedBox!.Value);
            var difference = new[] { a.CentreX - b.CentreX, a.CentreY - b.CentreY, a.Width - b.Width, a.Height - b.Height, a.Angle - b.Angle }.Max(Math.Abs);
            difference.ShouldBeLessThan(1e-3f);
        }
    }

    [Fact]
    public void ExportImport_ImageFolder_HasEveryInstanceCutOut()
    {
        using var exported = new Exported();
        exported.Export(DatasetFormat.ImageFolder);

        var imported = DatasetImport.Run(DatasetFormat.ImageFolder, exported.Folder);

        imported.ClassNames.ShouldBe(Sample.Classes.Order(StringComparer.Ordinal));
        imported.Images.Count.ShouldBe(exported.Dataset.Objects);
        var one = exported.Images[1].Labels.Instances[0];
        var cut = imported.Images.Single(image => image.Path.EndsWith($"000001-{one.Id:D4}.png", StringComparison.Ordinal));
        var (picture, whole) = (cut.Decode(), exported.Images[1].Decode());
        imported.ClassNames[cut.ClassId!.Value].ShouldBe(Sample.Classes[one.ClassId]);
        (picture.Width, picture.Height).ShouldBe((one.Box.Width, one.Box.Height));
        picture.Rgb[..3].ShouldBe(whole.Rgb.AsSpan(3 * ((one.Box.Y * whole.Width) + one.Box.X), 3).ToArray());
    }

    [Fact]
    public void Export_Filtered_LeavesTheDatasetAsItIs()
    {
        using var exported = new Exported();
        var filter = new ExportFilter { MinVisibility = 0.6, MinSize = 8, MaxTruncation = 0.3, Classes = ["Oat milk", "Beans"] };
        var expected = exported.Images.SelectMany(image => image.Labels.Instances)
            .Count(one => one.Visibility >= 0.6 && Math.Max(one.Box.Width, one.Box.Height) >= 8 && one.Truncation <= 0.3 && one.ClassId is (1 or 2));

        exported.Export(DatasetFormat.Coco, filter).ShouldBe(expected);

        expected.ShouldBeInRange(1, exported.Dataset.Objects - 1);
        var imported = DatasetImport.Run(DatasetFormat.Coco, exported.Folder);
        imported.Images.Sum(image => image.Objects.Count).ShouldBe(expected);
        imported.ClassNames.ShouldBe(Sample.Classes);
        exported.Dataset.Images().Sum(image => image.Labels.Instances.Count).ShouldBe(exported.Dataset.Objects);
    }

    [Fact]
    public void Export_UnknownClass_NamesTheNearest()
    {
        using var exported = new Exported();

        Should.Throw<ExchangeException>(() => exported.Export(DatasetFormat.Coco, new ExportFilter { Classes = ["Oat mlik"] })).Message
            .ShouldBe("The dataset has no class 'Oat mlik'; did you mean 'Oat milk'?");
    }

    [Fact]
    public void Export_IntoAFolderWithFiles_IsRefused()
    {
        using var exported = new Exported();
        exported.Export(DatasetFormat.Coco);

        Should.Throw<ExchangeException>(() => exported.Export(DatasetFormat.Coco)).Code.ShouldBe("export.not_empty");
    }

    [Fact]
    public void Export_Cancelled_LeavesNothing()
    {
        using var exported = new Exported();
        using var cancel = new CancellationTokenSource();

        Should.Throw<OperationCanceledException>(() => DatasetExport.Run(exported.Dataset, DatasetFormat.Voc, exported.Folder, null, new Once(cancel.Cancel), cancel.Token));

        Directory.GetDirectories(Path.GetDirectoryName(exported.Folder)!).ShouldBeEmpty();
    }

    [Fact]
    public void Export_DiskFull_SaysSo()
    {
        Requires.True(File.Exists("/dev/full"), "needs /dev/full: run on Linux");
        using var exported = new Exported();
        using var target = new TemporaryFolder();
        using var folder = ExportFolder.Create(target.File("out"));
        Directory.CreateDirectory(target.File("out.partial/annotations"));
        File.CreateSymbolicLink(target.File("out.partial/annotations/instances.json"), "/dev/full");
        using var export = new CocoExport(folder, Sample.Classes, asPolygons: false);

        Should.Throw<ShardException>(() =>
        {
            for (var time = 0; time < 20; time++)
            {
                folder.Guarded(() => export.Append(exported.Images[0], exported.Images[0].Labels));
            }

            folder.Guarded(export.Complete);
        }).Code.ShouldBe("shard.disk_full");
    }

    [Fact]
    public void Export_CocoReadByItsOwnTools_GivesTheSameMasks()
    {
        var python = Requires.Program("python3", "apt install python3 python3-pycocotools");
        // Debian 12 has no such package.
        Requires.AtHand(Run(python, "-c", "import pycocotools.coco").Code == 0, "needs pycocotools: apt install python3-pycocotools, from Debian 13 on");
        using var exported = new Exported();
        exported.Export(DatasetFormat.Coco);
        const string Script = """
            import sys
            from pycocotools.coco import COCO
            coco = COCO(sys.argv[1])
            for one in sorted(coco.anns.values(), key=lambda one: one['id']):
                mask = coco.annToMask(one)
                print(one['id'], int(mask.sum()), *(int(side) for side in one['bbox']), int((mask.nonzero()[1].min())), int((mask.nonzero()[0].min())))
            """;

        var (code, output) = Run(python, "-c", Script, Path.Combine(exported.Folder, "annotations", "instances.json"));

        code.ShouldBe(0);
        output.Split('\n').Where(line => line.Length > 0 && char.IsAsciiDigit(line[0])).ShouldBe(exported.Images.SelectMany(image => image.Labels.Instances.Select(one =>
            $"{((long)image.Index << 16) + one.Id} {one.Area} {one.Box.X} {one.Box.Y} {one.Box.Width} {one.Box.Height} {one.Box.X} {one.Box.Y}")));
    }

    private static float AbsoluteDot(Quaternion a, Quaternion b) => MathF.Abs(Quaternion.Dot(a, b));

    private sealed class Once(Action act) : IProgress<int>
    {
        public void Report(int value) => act();
    }

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
