namespace Neuro.Kernels.Recipes;

/// <summary>A part of a product's surface with a picture of its own, named as one sees the product from the front.</summary>
public enum Face
{
    Front,
    Back,
    Left,
    Right,
    Top,
    Bottom,

    /// <summary>All around a round product; its middle is the front.</summary>
    Wrap,
}
