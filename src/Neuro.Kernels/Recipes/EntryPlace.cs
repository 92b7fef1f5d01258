namespace Neuro.Kernels.Recipes;

/// <summary>Where a catalogue file lists a product, for errors.</summary>
/// <param name="Entry">For example <c>catalogue.json: $.products[3]</c>.</param>
/// <param name="Separator">What stands before the name of one of its properties.</param>
internal readonly record struct EntryPlace(string Entry, string Separator)
{
    public string At(string property) => Entry + Separator + property;
}
