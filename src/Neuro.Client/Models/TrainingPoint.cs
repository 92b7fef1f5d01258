namespace Neuro.Client.Models;

/// <summary>Where a training run stands.</summary>
/// <param name="Step">Steps done, of <paramref name="Steps"/>.</param>
/// <param name="Loss">Mean training loss since the last point.</param>
/// <param name="Accuracy">Share of training samples classified right since the last point.</param>
/// <param name="ValidationAccuracy">On the held-out part; only at the end of an epoch.</param>
public sealed record TrainingPoint(int Step, int Steps, int Epoch, double Loss, double Accuracy, double? ValidationAccuracy, double SamplesPerSecond);
