using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Neuro.Notebooks.Engine.Scripting;

/// <summary>Types of a cell that were compiled to an assembly of their own, which later cells refer to.</summary>
internal sealed record CellLibrary(IReadOnlySet<string> Types, MetadataReference Reference, Assembly Assembly);
