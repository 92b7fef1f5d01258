using Neuro.Kernels.Formats;
using Neuro.Kernels.Formats.Exchange;
using Neuro.Kernels.Tests.Catalogues;

namespace Neuro.Kernels.Tests.Formats.Exchange;

/// <summary>Each broken folder gives one error that names the file, whatever the format.</summary>
public sealed class HostileImportTests : IDisposable
{
    private static readonly byte[] Picture = Codec.Png(new Image(8, 6, new byte[3 * 8 * 6]));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("../secret.png")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../secret.png")]
    [InlineData("..\\\\secret.png")]
    [InlineData("C:/secret.png")]
    [InlineData("")]
    [InlineData("link.png")]
    [InlineData("linked/a.png")]
    public void Coco_PictureOutsideTheFolder_IsRefused(string name)
    {
        using var elsewhere = new TemporaryFolder();
        elsewhere.Write("a.png", Picture);
        Directory.CreateDirectory(folder.File("images"));
        File.CreateSymbolicLink(folder.File("images/link.png"), elsewhere.File("a.png"));
        Directory.CreateSymbolicLink(folder.File("images/linked"), elsewhere.Path);
        folder.Write("annotations.json", $$"""{"images":[{"id":1,"file_name":"{{name}}","width":8,"height":6}],"annotations":[],"categories":[]}""");

        var error = Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.Coco, folder.Path));

        error.Code.ShouldBe("import.outside");
        error.Message.ShouldStartWith("annotations.json names the file '");
    }

    [Theory]
    [InlineData("{\"images\":[", "annotations.json is cut short or damaged")]
    [InlineData("[]", "annotations.json: $ is no object")]
    [InlineData("{}", "annotations.json: $ has no 'categories'")]
    [InlineData("{\"categories\":[],\"images\":[{\"id\":1,\"file_name\":\"none.png\",\"width\":8,\"height\":6}]}", "annotations.json names the picture none.png, which is not there")]
    [InlineData("{\"categories\":[{\"id\":1,\"name\":\"a\"},{\"id\":1,\"name\":\"b\"}],\"images\":[],\"annotations\":[]}", "$.categories lists the id 1 twice")]
    public void Coco_BrokenDocument_IsNamed(string json, string says)
    {
        folder.Write("annotations.json", json);

        Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.Coco, folder.Path)).Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("\"bbox\":[0,0,1e300,1]", "$.annotations[0].bbox[2] is 1e300")]
    [InlineData("\"bbox\":[0,0,-3,1]", "$.annotations[0].bbox is -3 × 1 pixels large")]
    [InlineData("\"bbox\":[0,0,1]", "has 3 numbers; expected 4")]
    [InlineData("\"bbox\":[0,0,1,1],\"segmentation\":{\"size\":[6,8],\"counts\":[1,-1]}", "$.annotations[0].segmentation.counts[1] is -1")]
    [InlineData("\"bbox\":[0,0,1,1],\"segmentation\":{\"size\":[6000,8000],\"counts\":\"0\"}", "is for 8000 × 6000 pixels; its image has 8 × 6")]
    [InlineData("\"bbox\":[0,0,1,1],\"segmentation\":{\"size\":[6,8],\"counts\":\"zzzz\"}", "$.annotations[0].segmentation is damaged")]
    [InlineData("\"bbox\":[0,0,1,1],\"segmentation\":[[1,2,3]]", "a polygon has x and y of at least three points")]
    [InlineData("\"bbox\":[0,0,1,1],\"keypoints\":[1,2,7]", "$.annotations[0].keypoints is no list of x, y and 0, 1 or 2")]
    public void Coco_BrokenAnnotation_IsNamed(string members, string says)
    {
        folder.Write("images/a.png", Picture);
        folder.Write("annotations/a.json", $$"""{"categories":[{"id":7,"name":"a"}],"images":[{"id":1,"file_name":"a.png","width":8,"height":6}],"annotations":[{"image_id":1,"category_id":7,{{members}}}]}""");

        var error = Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.Coco, folder.Path));

        error.Code.ShouldBe("import.malformed");
        error.Message.ShouldStartWith("annotations/a.json: ");
        error.Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("<annotation><filename>a.png", "Annotations/a.xml is cut short or damaged")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><annotation>&c;</annotation>", "Annotations/a.xml is cut short or damaged")]
    [InlineData("<annotation><filename>../a.png</filename></annotation>", "names the file 'JPEGImages/../a.png'")]
    [InlineData("<annotation><filename>a.png</filename></annotation>", "<annotation> has no <size>")]
    [InlineData("<annotation><filename>a.png</filename><size><width>1e9</width><height>6</height></size></annotation>", "<width>")]
    [InlineData("<annotation><filename>a.png</filename><size><width>8</width><height>6</height></size><object><name>x</name><bndbox><xmin>5</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox></object></annotation>", "ends before it begins")]
    public void Voc_BrokenDocument_IsNamed(string xml, string says)
    {
        folder.Write("JPEGImages/a.png", Picture);
        folder.Write("Annotations/a.xml", xml);

        Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.Voc, folder.Path)).Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("names: [a, b]\ntrain: ../images\n", "0 0.5 0.5 1 1", "data.yaml names the file '../images'")]
    [InlineData("train: images\n", "0 0.5 0.5 1 1", "it has no 'names'")]
    [InlineData("names: [a, b]\ntrain: images\n", "2 0.5 0.5 1 1", "labels/a.txt, line 1: '2' is no class; data.yaml names 0 to 1.")]
    [InlineData("names: [a, b]\ntrain: images\n", "1 0.5 0.5 1 1e9", "'1e9' is no share of the picture")]
    [InlineData("names: [a, b]\ntrain: images\n", "1 0.5 NaN 1 1", "'NaN' is no share of the picture")]
    [InlineData("names: [a, b]\ntrain: images\n", "1 0.5 0.5", "are no class and box or polygon")]
    public void Yolo_BrokenFiles_AreNamed(string yaml, string label, string says)
    {
        folder.Write("data.yaml", yaml);
        folder.Write("images/a.png", Picture);
        folder.Write("labels/a.txt", label);

        Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.Yolo, folder.Path)).Message.ShouldContain(says);
    }

    [Fact]
    public void Yolo_NamesInEveryYamlForm_AreRead()
    {
        folder.Write("images/train/a.png", Picture);
        foreach (var names in (string[])["names: [cat, \"dog: big\"]", "names:\n  0: cat\n  1: \"dog: big\"", "names:\n- cat\n- 'dog: big'"])
        {
            folder.Write("data.yaml", $"# made by hand\npath: /somewhere/else\ntrain: ./images/train/\n{names}\n");

            var imported = DatasetImport.Run(DatasetFormat.Yolo, folder.Path);

            imported.ClassNames.ShouldBe(["cat", "dog: big"]);
            imported.Images.ShouldHaveSingleItem().Split.ShouldBe("train");
        }
    }

    [Theory]
    [InlineData("Car 0 0 0 1 2 3", "expected a known class and 14 numbers")]
    [InlineData("Car 0 0 0 1 2 3 4 1 1 1 0 0 inf 0", "'inf' is no number")]
    public void Kitti_BrokenLine_IsNamed(string line, string says)
    {
        folder.Write("training/image_2/000001.png", Picture);
        folder.Write("training/label_2/000001.txt", line);

        var error = Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.Kitti, folder.Path));

        error.Message.ShouldStartWith("training/label_2/000001.txt, line 1: ");
        error.Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("{\"frame\":0,\"captures\":[]}", "sequence.0/step0.frame_data.json: $.captures holds no picture of a camera")]
    [InlineData("{\"frame\":0,\"captures\":[{\"@type\":\"type.unity.com/unity.solo.RGBCamera\",\"dimension\":[8,6],\"filename\":\"../../a.png\"}]}", "names the file 'sequence.0/../../a.png'")]
    [InlineData("{\"frame\":0,\"captures\":[{\"@type\":\"type.unity.com/unity.solo.RGBCamera\",\"dimension\":[8e8,6],\"filename\":\"a.png\"}]}", "$.captures[0].dimension is no size of a picture")]
    public void Solo_BrokenFrame_IsNamed(string json, string says)
    {
        folder.Write("sequence.0/step0.frame_data.json", json);

        Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.Solo, folder.Path)).Message.ShouldContain(says);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Import_EmptyFolder_SaysWhatIsMissing(DatasetFormat format) =>
        Should.Throw<ExchangeException>(() => DatasetImport.Run(format, folder.Path)).Code.ShouldBe("import.not_found");

    [Theory]
    [MemberData(nameof(Formats))]
    public void Import_NoFolder_NamesIt(DatasetFormat format) =>
        Should.Throw<ExchangeException>(() => DatasetImport.Run(format, folder.File("none"))).Message.ShouldContain(folder.File("none"));

    public static TheoryData<DatasetFormat> Formats => [.. Enum.GetValues<DatasetFormat>()];

    [Fact]
    public void GroceryStore_SmallTree_HasFineAndCoarseClasses()
    {
        WriteGroceries();

        var imported = DatasetImport.Run(DatasetFormat.GroceryStore, folder.Path);

        imported.ClassNames.ShouldBe(["Royal-Gala", "Granny-Smith", "Oat-Milk"]);
        imported.CoarseNames.ShouldBe(["Apple", "Oat-Milk"]);
        imported.CoarseOf.ShouldBe([0, 0, 1]);
        imported.Iconic[2].ShouldEndWith("dataset/iconic-images-and-descriptions/Packages/Oat-Milk/Oat-Milk_Iconic.jpg");
        imported.Images.Select(image => (image.Split, image.ClassId)).ShouldBe([("train", 0), ("train", 2), ("test", 1)]);
        imported.Images[1].Decode().Width.ShouldBe(8);
    }

    [Theory]
    [InlineData("train/../../x.png, 0, 0", "dataset/train.txt, line 1 names the file")]
    [InlineData("train/a.png, 9, 0", "dataset/train.txt, line 1: class 9 with coarse class 0 is not one of classes.csv")]
    [InlineData("train/a.png, 0, 1", "class 0 with coarse class 1")]
    [InlineData("train/a.png", "expected a path, a class and a coarse class")]
    [InlineData("train/none.png, 0, 0", "names the picture dataset/train/none.png, which is not there")]
    public void GroceryStore_BrokenList_IsNamed(string line, string says)
    {
        WriteGroceries();
        folder.Write("dataset/train.txt", line);

        Should.Throw<ExchangeException>(() => DatasetImport.Run(DatasetFormat.GroceryStore, folder.Path)).Message.ShouldContain(says);
    }

    [Fact]
    public void Parse_MisspeltFormat_NamesTheNearest() =>
        Should.Throw<ExchangeException>(() => DatasetFormats.Parse("yolo-polygon")).Message.ShouldContain("did you mean yolo-polygons?");

    private void WriteGroceries()
    {
        folder.Write(
            "dataset/classes.csv",
            """
            Class Name (str),Class ID (int),Coarse Class Name (str),Coarse Class ID (int),Iconic Image Path (str),Product Description Path (str)
            Royal-Gala,0,Apple,0,/iconic-images-and-descriptions/Fruit/Apple/Royal-Gala/Royal-Gala_Iconic.jpg,/x.txt
            Granny-Smith,1,Apple,0,/iconic-images-and-descriptions/Fruit/Apple/Granny-Smith/Granny-Smith_Iconic.jpg,/y.txt
            Oat-Milk,2,Oat-Milk,1,/iconic-images-and-descriptions/Packages/Oat-Milk/Oat-Milk_Iconic.jpg,/z.txt

            """);
        folder.Write("dataset/train.txt", "train/a.png, 0, 0\ntrain/b.png, 2, 1\n");
        folder.Write("dataset/test.txt", "test/c.png, 1, 0\r\n");
        foreach (var name in (string[])["train/a.png", "train/b.png", "test/c.png"])
        {
            folder.Write($"dataset/{name}", Picture);
        }
    }
}
