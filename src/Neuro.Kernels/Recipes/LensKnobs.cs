namespace Neuro.Kernels.Recipes;

/// <summary>What the lens and the shutter do to the picture.</summary>
public sealed record LensKnobs
{
    /// <summary>Radial distortion k1: negative is barrel, positive pincushion.</summary>
    [Allowed(-0.4, 0.4)]
    public Distribution Distortion { get; init; } = Distribution.Normal(0, 0.03);

    /// <summary>Diameter of the lens in millimetres; 0 keeps everything sharp.</summary>
    [Allowed(0, 30)]
    public Distribution Aperture { get; init; } = 0;

    /// <summary>Distance of the plane in focus, as a factor on the distance looked at.</summary>
    [Allowed(0.3, 3)]
    public Distribution Focus { get; init; } = 1;

    /// <summary>Pixels that the picture's centre moves during the exposure.</summary>
    [Allowed(0, 40)]
    public Distribution MotionBlur { get; init; } = 0;

    /// <summary>Degrees, the direction of that movement; 0 is to the right.</summary>
    [Allowed(-180, 180)]
    public Distribution MotionAngle { get; init; } = Distribution.Uniform(-180, 180);

    /// <summary>Pixels of shear from the first line read to the last.</summary>
    [Allowed(-60, 60)]
    public Distribution RollingShutter { get; init; } = 0;

    /// <summary>How much darker the corners are than the centre.</summary>
    [Allowed(0, 1)]
    public Distribution Vignette { get; init; } = Distribution.Uniform(0, 0.25);
}
