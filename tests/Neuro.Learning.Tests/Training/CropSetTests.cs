using Neuro.Client.Api;
using Neuro.Learning.Training;

namespace Neuro.Learning.Tests.Training;

public sealed class CropSetTests
{
    [Fact]
    public void CropSet_Empty_SaysWhatToDo()
    {
        var error = Should.Throw<NeuroException>(() => new CropSet([], Pictures.Classes, Pictures.Size, 1));

        error.Code.ShouldBe("training.empty");
        error.Message.ShouldContain("Order more");
    }

    [Fact]
    public void CropSet_LabelOutOfRange_NamesItAndTheRange()
    {
        var side = CropSet.StoredSide(Pictures.Size);
        var error = Should.Throw<NeuroException>(() => new CropSet([new(new byte[side * side * 4], 3, 12)], Pictures.Classes, Pictures.Size, 1));

        error.Code.ShouldBe("training.label_out_of_range");
        error.Message.ShouldContain("picture 12 has the class id 3; there are 3 classes, 0 to 2");
    }

    [Fact]
    public void CropSet_Split_KeepsEachPictureOnOneSide()
    {
        var data = Pictures.Crops(400);

        var training = data.Training.Select(crop => crop.Image).ToHashSet();
        var validation = data.Held.Select(crop => crop.Image).ToHashSet();

        validation.Count.ShouldBeInRange(3, 20);
        training.Overlaps(validation).ShouldBeFalse();
        (training.Count + validation.Count).ShouldBe(100);
    }

    [Fact]
    public void Hash_SamePixelsAndLabels_IsTheSame()
    {
        Pictures.Crops(8).Hash.ShouldBe(Pictures.Crops(8).Hash);
        Pictures.Crops(8).Hash.ShouldNotBe(Pictures.Crops(9).Hash);
    }
}
