using System.Numerics;

namespace Neuro.Kernels.Scenes;

/// <summary>A labelled product in a scene.</summary>
/// <param name="Id">The value in <see cref="Rendering.Frame.Ids"/>, from 1.</param>
/// <param name="ClassId">Index of the product in its catalogue.</param>
/// <param name="Sku">The product's stock-keeping unit.</param>
/// <param name="Centre">Of the body, metres; x right, y up, z out of the shelf.</param>
/// <param name="Size">Width, height, depth in metres before the turn.</param>
/// <param name="Yaw">Turn about the vertical axis, radians; 0 faces out of the shelf, positive shows the front to the right.</param>
/// <param name="Row">Shelf row, 0 the lowest.</param>
/// <param name="Facing">Place in its row from the left, 0 the first.</param>
public sealed record SceneInstance(int Id, int ClassId, string Sku, Vector3 Centre, Vector3 Size, float Yaw, int Row, int Facing);
