namespace Neuro.Kernels;

/// <summary>Something from outside (a recipe, a catalogue, a picture, a shard) that cannot be used: a stable <see cref="Code"/> and one sentence that names it.</summary>
public abstract class KernelsException(string code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary><c>area.what</c>, for example <c>catalogue.picture_missing</c>; it does not change between versions.</summary>
    public string Code { get; } = code;
}
