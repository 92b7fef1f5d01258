namespace Neuro.Notebooks.Engine;

/// <summary>What may stand in the place of the text from <paramref name="Start"/> to <paramref name="End"/> (UTF-16 offsets into the cell).</summary>
public sealed record Completions(int Start, int End, IReadOnlyList<Completion> Items);

/// <summary>One of them.</summary>
/// <param name="Text">What is inserted.</param>
/// <param name="Kind">In lower case: class, method, property, variable, keyword, namespace, magic, parameter, value, file and the like.</param>
/// <param name="Signature">One line for people, such as the parameters of a method; null where the name says it all.</param>
public sealed record Completion(string Text, string Kind, string? Signature);
