namespace Neuro.Learning.Training;

/// <summary>What is drawn anew each time that a rendered sample is seen, beside its framing, a covered part and noise.</summary>
[Flags]
public enum Variations
{
    None = 0,

    /// <summary>Another shelf behind the product.</summary>
    Backdrop = 1,

    /// <summary>The colours of its print.</summary>
    Colour = 2,

    /// <summary>Exposure, white balance and contrast.</summary>
    Light = 4,

    Blur = 8,

    All = Backdrop | Colour | Light | Blur,
}
