namespace Neuro.Kernels.Recipes;

/// <summary>
/// A catalogue that cannot be used. Codes: <c>catalogue.not_found</c>, <c>.empty</c>, <c>.malformed</c>, <c>.duplicate_sku</c>, <c>.unknown_shape</c>, <c>.size_out_of_range</c>,
/// <c>.picture_path</c>, <c>.picture_missing</c>, <c>.picture_unreadable</c>, <c>.picture_changed</c>, <c>.too_large</c>, <c>.unreadable</c>, <c>.unwritable</c>, <c>.label</c>.
/// </summary>
public sealed class CatalogueException(string code, string message, Exception? cause = null) : KernelsException(code, message, cause);
