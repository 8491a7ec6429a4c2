namespace Migrations.Cli.Options;

/// <summary>A configuration file that is to be created.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="WhatIf">Only show what would be done.</param>
internal sealed record NewConfiguration(string Path, bool WhatIf);
