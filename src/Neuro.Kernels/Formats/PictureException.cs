namespace Neuro.Kernels.Formats;

/// <summary>Bytes that were to be a picture and are none, or one too large. Codes: <c>picture.unreadable</c>, <c>picture.too_large</c>.</summary>
public sealed class PictureException(string code, string message) : KernelsException(code, message);
