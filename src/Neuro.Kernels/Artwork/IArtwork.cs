using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Artwork;

/// <summary>What is made of the pictures of one thing in a catalogue.</summary>
internal interface IArtwork
{
    /// <summary>The texture of a face, made when it is first asked for and kept.</summary>
    Texture Of(Face face);
}
