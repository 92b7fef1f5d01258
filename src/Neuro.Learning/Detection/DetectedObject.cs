using Neuro.Kernels.Labels;

namespace Neuro.Learning.Detection;

/// <summary>An object that a detector found.</summary>
/// <param name="ClassId">Index of its class, from 0.</param>
/// <param name="Score">The detector's confidence; only its order matters.</param>
/// <param name="Box">Where it is, in pixels.</param>
/// <param name="Mask">Its pixels, from a detector that finds them.</param>
public sealed record DetectedObject(int ClassId, double Score, Box Box, RunLength? Mask = null);
