namespace Neuro.Kernels.Recipes;

/// <summary>What a bottle or jar is made of.</summary>
public enum Finish
{
    /// <summary>Nothing shines through.</summary>
    Opaque,

    /// <summary>Coloured glass or plastic.</summary>
    Tinted,

    /// <summary>Colourless glass or plastic: one sees what is inside.</summary>
    Clear,
}
