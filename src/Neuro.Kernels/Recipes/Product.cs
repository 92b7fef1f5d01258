namespace Neuro.Kernels.Recipes;

/// <summary>The solid that a product is rendered as.</summary>
public enum ProductShape
{
    /// <summary>A cuboid; its picture is the front.</summary>
    Box,

    /// <summary>An upright cylinder; its picture is the whole wrap, and width is its diameter.</summary>
    Cylinder,
}

/// <summary>One article of a catalogue; its class id is its place there.</summary>
/// <param name="Sku">The shop's key for it, unique in the catalogue.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Shape">The solid it is rendered as.</param>
/// <param name="WidthMm">Width in millimetres, seen from the front.</param>
/// <param name="HeightMm">Height in millimetres.</param>
/// <param name="DepthMm">Depth in millimetres; a cylinder's equals its width.</param>
/// <param name="Picture">The picture's path inside the catalogue, with forward slashes.</param>
public sealed record Product(string Sku, string Name, ProductShape Shape, float WidthMm, float HeightMm, float DepthMm, string Picture);
