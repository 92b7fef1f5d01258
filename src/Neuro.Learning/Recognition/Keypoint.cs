namespace Neuro.Learning.Recognition;

/// <summary>A place in a picture that is found again when the picture is turned or scaled (SIFT; Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94).</summary>
/// <param name="X">Column in pixels of the picture.</param>
/// <param name="Y">Row.</param>
/// <param name="Scale">Standard deviation in pixels of the blur at which it stands out.</param>
/// <param name="Strength">How far it stands out.</param>
/// <param name="Descriptor">128 numbers about its surroundings, of length 1.</param>
internal sealed record Keypoint(float X, float Y, float Scale, float Strength, float[] Descriptor);
