using Neuro.Notebooks.Engine;

namespace Neuro.Notebooks.Headless;

/// <summary>Something that happened while a notebook ran.</summary>
/// <param name="Number">The cell among the code cells that run, from 1.</param>
public abstract record NotebookEvent(int Number);

/// <summary>A cell begins; <paramref name="Title"/> is its first line of code or the comment above it.</summary>
public sealed record CellStarted(int Number, int Count, string Title) : NotebookEvent(Number);

/// <summary>A cell is not run again: an earlier run's outputs and values stand.</summary>
public sealed record CellSkipped(int Number, int Count, string Title) : NotebookEvent(Number);

/// <summary>A cell showed something, or changed what it had shown (<see cref="DisplayUpdate"/>).</summary>
public sealed record CellShowed(int Number, CellOutput Output) : NotebookEvent(Number);

/// <summary>A cell ended; an error in it is the last event of the run.</summary>
public sealed record CellFinished(int Number, CellResult Result) : NotebookEvent(Number);
