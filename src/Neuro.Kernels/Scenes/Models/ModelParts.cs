using Neuro.Kernels.Labels;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes.Models;

/// <summary>Collects the parts of a model and numbers its smooth surfaces.</summary>
internal sealed class ModelParts
{
    private readonly List<ModelPart> parts = [];
    private int surface = -1;

    /// <summary>What is added from here on is parted from what is before by a crease.</summary>
    public void Crease() => surface++;

    /// <summary>Goes on the surface of the part before.</summary>
    public void Add(Primitive solid, Ink ink) => parts.Add(new ModelPart(solid with { Key = surface }, ink));

    /// <summary>A part with a surface of its own.</summary>
    public void AddApart(Primitive solid, Ink ink)
    {
        Crease();
        Add(solid, ink);
    }

    /// <summary>A triangle a hair wider than its corners say: neighbours overlap, and no ray slips through between them.</summary>
    public void AddTriangle(Corner a, Corner b, Corner c, Part part, Ink ink)
    {
        const float Wider = 1.0001f;
        var middle = (a.At + b.At + c.At) / 3;
        Add(Solids.Triangle(Widened(a), Widened(b), Widened(c), part), ink);

        Corner Widened(Corner corner) => corner with { At = middle + (Wider * (corner.At - middle)) };
    }

    /// <summary>Two triangles; corners counter-clockwise as seen from outside.</summary>
    public void AddQuad(Corner a, Corner b, Corner c, Corner d, Part part, Ink ink)
    {
        AddTriangle(a, b, c, part, ink);
        AddTriangle(a, c, d, part, ink);
    }

    public ModelPart[] ToArray() => [.. parts];
}
