using CsCheck;
using Neuro.Client.Api;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Learning.Dense;
using Neuro.Learning.Detection;
using Neuro.Learning.Specs;
using Neuro.Learning.Tests.Training;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Dense;

public sealed class PictureSetTests(FromShardsTests.Rendered rendered) : IClassFixture<FromShardsTests.Rendered>
{
    private static readonly int Side = PictureSet.StoredSide(Drawn.Size);

    [Fact]
    public void New_NoPictures_SaysWhatToDo() => Refusal(() => new PictureSet([], Drawn.Classes, Drawn.Size, 1)).Code.ShouldBe("training.empty");

    [Fact]
    public void New_NoBoxes_SaysThatADetectorLearnsFromThem() => Refusal(() => Of()).Code.ShouldBe("training.no_boxes");

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void New_ClassIdOutOfRange_NamesPictureAndClass(int classId)
    {
        var error = Refusal(() => Of(new PictureObject(classId, new(1, 1, 10, 10))));

        error.Code.ShouldBe("training.label_out_of_range");
        error.Message.ShouldContain($"picture 12 has the class id {classId}; there are 2 classes");
    }

    [Theory]
    [InlineData(75, 0, 10, 10)]
    [InlineData(0, -3, 10, 10)]
    [InlineData(5, 5, 0, 10)]
    [InlineData(double.NaN, 5, 10, 10)]
    public void New_BoxNotInItsPicture_IsNamed(double x, double y, double width, double height)
    {
        var error = Refusal(() => Of(new PictureObject(0, new(x, y, width, height))));

        error.Code.ShouldBe("training.box_outside");
        error.Message.ShouldContain("picture 12");
    }

    [Fact]
    public void Check_OtherTaskSizeOrClasses_IsRefused()
    {
        var data = Drawn.Set(4);

        Refusal(() => data.Check(Neuro.Learning.Zoo.Zoo.SmallCnn(2, Drawn.Size))).Code.ShouldBe("model.not_trainable");
        Refusal(() => data.Check(Neuro.Learning.Zoo.Zoo.YoloTiny(2, 96))).Code.ShouldBe("training.size_mismatch");
        Refusal(() => data.Check(Neuro.Learning.Zoo.Zoo.YoloTiny(3, Drawn.Size))).Code.ShouldBe("training.classes_mismatch");
        Refusal(() => data.Check(Neuro.Learning.Zoo.Zoo.SsdTiny(2, Drawn.Size))).Message.ShouldContain("2 and the background");
        Refusal(() => new PictureSet([.. data.Training.Select(one => one with { Labels = new(Side, one.Labels.Objects, null) })], Drawn.Classes, Drawn.Size, 1)
            .Check(Neuro.Learning.Zoo.Zoo.FcnTiny(3, Drawn.Size))).Code.ShouldBe("training.no_masks");
    }

    [Fact]
    public void FromShards_RenderedShelves_HasTheBoxesOfItsProductsInTheirPixels()
    {
        var data = PictureSet.FromShards([rendered.Shard], 96, seed: 1, cancel: TestContext.Current.CancellationToken);
        var shown = ShardReader.Read(rendered.Shard).Sum(image => image.Labels.Instances.Count);

        (data.Training.Count + data.ValidationSamples, data.Training.Concat(Held(data)).Sum(picture => picture.Labels.Objects.Count)).ShouldBe((6, shown));
        foreach (var picture in data.Training)
        {
            foreach (var (i, one) in picture.Labels.Objects.Index().Where(one => one.Item is { Ignored: false } && one.Item.Box is { Width: > 4, Height: > 4 }))
            {
                var pixels = Enumerable.Range(0, picture.Side * picture.Side).Where(at => picture.Labels.Ids![at] == i + 1).ToList();
                pixels.ShouldAllBe(at => at % picture.Side >= one.Box.X - 1 && at % picture.Side <= one.Box.X + one.Box.Width && at / picture.Side >= one.Box.Y - 1 && at / picture.Side <= one.Box.Y + one.Box.Height);
                ((double)pixels.Count).ShouldBe(one.Area, (0.25 * one.Area) + 8);
            }
        }
    }

    [Fact]
    public void FromShards_ClassAgnostic_KnowsOneClass() =>
        PictureSet.FromShards([rendered.Shard], 96, limits: new() { ClassAgnostic = true }, cancel: TestContext.Current.CancellationToken).ClassNames.ShouldBe([PictureSet.AnyProduct]);

    [Fact]
    public void FromImport_CocoOfTheSameShelves_HasTheSameObjects()
    {
        var folder = Path.Combine(rendered.Folder, "coco");
        DatasetExport.Run(Dataset.Open([rendered.Shard]), DatasetFormat.Coco, folder, cancel: TestContext.Current.CancellationToken);

        var data = PictureSet.FromImport(DatasetImport.Run(DatasetFormat.Coco, folder), 96, cancel: TestContext.Current.CancellationToken);

        data.ClassCounts.Sum().ShouldBeGreaterThan(0);
        data.Check(Neuro.Learning.Zoo.Zoo.MaskRcnnTiny(data.Classes + 1, 96));
    }

    [Fact]
    public void Apply_AnyDraw_KeepsBoxesInThePictureAndAroundTheirPixels() =>
        Gen.Select(Gen.ULong, Gen.Bool).Sample((seed, mosaic) =>
        {
            var (pictures, output) = (Drawn.Set(4).Training, new byte[Drawn.Size * Drawn.Size * 3]);

            var labels = new PictureAugmentation(Drawn.Size).Apply(pictures[0], pictures, mosaic ? 1 : 0, new SplitMix(seed), output);

            labels.Objects.ShouldAllBe(one => one.Box.X >= 0 && one.Box.Y >= 0 && one.Box.X + one.Box.Width <= Drawn.Size && one.Box.Y + one.Box.Height <= Drawn.Size);
            for (var i = 0; i < labels.Ids!.Length; i++)
            {
                if (labels.Ids[i] is > 0 and var id && labels.Objects[id - 1].Box is var box)
                {
                    (i % Drawn.Size).ShouldBeInRange((int)box.X - 1, (int)(box.X + box.Width) + 1);
                    (i / Drawn.Size).ShouldBeInRange((int)box.Y - 1, (int)(box.Y + box.Height) + 1);
                }
            }
        }, iter: 50);

    [Fact]
    public void Letterbox_OutOfIn_IsIdentity() =>
        Gen.Select(Gen.Int[8, 200], Gen.Int[8, 200], Gen.Int[16, 128]).Sample((width, height, side) =>
        {
            var picture = new Image(width, height, new byte[3 * width * height]);
            var (letterbox, box) = (Letterbox.Of(picture, side), new Box(width / 4.0, height / 4.0, width / 2.0, height / 2.0));
            var back = letterbox.Out(letterbox.In(box), picture);
            back.Iou(box).ShouldBe(1, 1e-9);
        });

    private static IEnumerable<LabelledPicture> Held(PictureSet data) => data.Validation().SelectMany(batch => batch.Pictures!.Select((labels, i) => new LabelledPicture(batch.Sample(i).ToArray(), labels, i)));

    private static PictureSet Of(params PictureObject[] objects) => new([new(new byte[Side * Side * 3], new(Side, objects, null), 12)], Drawn.Classes, Drawn.Size, 1);

    private static NeuroException Refusal(Action act) => Should.Throw<NeuroException>(act);
}
