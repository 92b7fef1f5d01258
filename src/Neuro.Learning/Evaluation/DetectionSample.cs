using Neuro.Client.Api;
using Neuro.Kernels.Labels;
using Neuro.Learning.Detection;

namespace Neuro.Learning.Evaluation;

/// <summary>An object that a picture shows, as it is labelled.</summary>
/// <param name="ClassId">Index of its class, from 0.</param>
/// <param name="Box">Its tight box in pixels.</param>
/// <param name="Area">Its pixels: what area ranges are about. COCO takes the mask's area for boxes too.</param>
/// <param name="Crowd">A region to ignore (COCO's iscrowd): it may take up any number of detections, of which none counts.</param>
/// <param name="Mask">Its pixels; needed where masks are compared.</param>
public sealed record LabelledObject(int ClassId, Box Box, double Area, bool Crowd = false, RunLength? Mask = null)
{
    /// <summary>A rendered product by its visible pixels.</summary>
    public static LabelledObject From(Instance instance) => new(instance.ClassId, instance.Box, instance.Area, false, instance.Mask);
}

/// <summary>One picture: what it shows and what a detector found.</summary>
public sealed record DetectionSample(IReadOnlyList<LabelledObject> Labelled, IReadOnlyList<DetectedObject> Detected)
{
    /// <exception cref="NeuroException"><c>evaluation.object_invalid</c>, naming the object's place in its list.</exception>
    internal void Check(bool masks)
    {
        var size = masks ? Labelled.Select(one => one.Mask).Concat(Detected.Select(one => one.Mask)).FirstOrDefault(mask => mask is not null) : null;
        for (var i = 0; i < Labelled.Count; i++)
        {
            Check("Labelled", i, Labelled[i].ClassId, Labelled[i].Box, Labelled[i].Area, "area", masks, Labelled[i].Mask, size);
        }

        for (var i = 0; i < Detected.Count; i++)
        {
            Check("Detected", i, Detected[i].ClassId, Detected[i].Box, Detected[i].Score, "score", masks, Detected[i].Mask, size);
        }
    }

    private static void Check(string list, int i, int classId, Box box, double number, string what, bool masks, RunLength? mask, RunLength? size)
    {
        var wrong = classId < 0 ? $"has the class id {classId}; expected 0 or more"
            : !box.IsValid ? $"has the box {box}; expected finite numbers and no negative side"
            : !double.IsFinite(number) ? $"has the {what} {number}; expected a finite number"
            : masks && mask is null ? "has no mask; give every object one, or compare boxes"
            : masks && (mask!.Width, mask.Height) != (size!.Width, size.Height)
                ? $"has a mask of {mask.Width} × {mask.Height} pixels, another one of the same picture {size.Width} × {size.Height}"
            : null;
        if (wrong is not null)
        {
            throw new NeuroException("evaluation.object_invalid", $"{list} object {i} {wrong}.");
        }
    }
}
