using Neuro.Client.Api;
using Neuro.Kernels;
using Neuro.Kernels.Formats;
using Neuro.Learning.Evaluation;
using Neuro.Learning.Tests.Training;

namespace Neuro.Learning.Tests.Evaluation;

public sealed class LabelledImagesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-labels-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void FromCsv_TwoFiles_ReadsAllPictures()
    {
        Directory.CreateDirectory(Path.Combine(folder, "photos"));
        File.WriteAllBytes(Path.Combine(folder, "photos", "a.png"), Codec.Png(Pictures.Photo(0, 1)));
        File.WriteAllBytes(Path.Combine(folder, "photos", "b, c.png"), Codec.Png(Pictures.Photo(1, 1)));
        Csv("one.csv", "class_id,file,name", "0,photos/a.png,A");
        Csv("two.csv", "file,class_id,name,more", "\"photos/b, c.png\",1,\"B \"\"C\"\"\",x", "");

        var images = LabelledImages.FromCsv(folder, "one.csv", "two.csv");

        images.Count.ShouldBe(2);
        images.Read().Select(item => (item.File, item.ClassId, item.Image.Width)).ShouldBe([("photos/a.png", 0, 48), ("photos/b, c.png", 1, 48)]);
    }

    [Theory]
    [InlineData("labels.file_missing", "photos/none.jpg", "file,class_id", "photos/none.jpg,0")]
    [InlineData("labels.path_outside", "../secret.jpg", "file,class_id", "../secret.jpg,0")]
    [InlineData("labels.path_outside", "/etc/passwd", "file,class_id", "/etc/passwd,0")]
    [InlineData("labels.invalid", "line 2", "file,class_id", "labels.csv,minus one")]
    [InlineData("labels.invalid", "line 2", "file,class_id", "labels.csv")]
    [InlineData("labels.invalid", "expected the columns", "picture,label", "a,b")]
    public void FromCsv_Wrong_NamesFileAndLine(string code, string says, params string[] lines)
    {
        Csv("labels.csv", lines);

        var error = Should.Throw<NeuroException>(() => LabelledImages.FromCsv(folder, "labels.csv"));

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(says);
    }

    [Fact]
    public void FromCsv_NoCsv_NamesIt() =>
        Should.Throw<NeuroException>(() => LabelledImages.FromCsv(folder, "labels.csv")).Message.ShouldContain("labels.csv is not there");

    [Fact]
    public void Read_CorruptPicture_NamesTheFile()
    {
        File.WriteAllText(Path.Combine(folder, "a.jpg"), "no picture");
        Csv("labels.csv", "file,class_id", "a.jpg,0");

        Should.Throw<KernelsException>(() => LabelledImages.FromCsv(folder, "labels.csv").Read().ToList()).Message.ShouldContain("a.jpg");
    }

    private void Csv(string name, params string[] lines) => File.WriteAllLines(Path.Combine(folder, name), lines);
}
