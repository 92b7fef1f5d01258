using System.Globalization;
using System.Xml.Linq;
using Neuro.Learning.Specs;
using Neuro.Learning.Specs.Drawing;
using Model = Neuro.Learning.Zoo.Zoo;

namespace Neuro.Learning.Tests.Specs.Drawing;

public sealed class GraphDrawingTests
{
    public static TheoryData<string> Models => [.. Model.Models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Svg_EveryZooModel_IsXmlWithBoxesApartAndAllOutputs(string model)
    {
        var spec = Model.Models[model].Build();

        var svg = XDocument.Parse(GraphDrawing.Svg(spec)).Root!;

        var boxes = svg.Elements().Where(element => element.Name.LocalName == "rect").Skip(1).Select(Box).ToList();
        boxes.Count.ShouldBeGreaterThan(1);
        boxes.Where((box, i) => boxes.Skip(i + 1).Any(other => box.X < other.Right && other.X < box.Right && box.Y < other.Bottom && other.Y < box.Bottom)).ShouldBeEmpty();
        var (width, height) = (Number(svg, "width"), Number(svg, "height"));
        boxes.ShouldAllBe(box => box.X >= 0 && box.Right <= width && box.Bottom <= height);
        var texts = string.Join('\n', svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        texts.ShouldContain(LayerText.Count(spec.Parameters) + " parameters");
        spec.Outputs.Keys.ShouldAllBe(output => texts.Contains($"▸ {output} "));
    }

    [Fact]
    public void Svg_ResNet50_HasABlockForEachOfThePaper()
    {
        var titles = XDocument.Parse(GraphDrawing.Svg(Model.ResNet50())).Descendants().Where(element => element.Attribute("font-weight")?.Value == "600").Select(element => element.Value).ToList();

        titles.Count(title => title.StartsWith("layer", StringComparison.Ordinal)).ShouldBe(3 + 4 + 6 + 3);
    }

    private static (double X, double Y, double Right, double Bottom) Box(XElement rect) =>
        (Number(rect, "x"), Number(rect, "y"), Number(rect, "x") + Number(rect, "width"), Number(rect, "y") + Number(rect, "height"));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
