namespace Neuro.Learning.Training;

/// <summary>Progress that is told at once, on the thread that makes it: <see cref="Progress{T}"/> tells it later, on another one, and perhaps out of order.</summary>
public sealed class ImmediateProgress<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
