"""What JupyterLab needs of us: charts it can draw and keep, notebooks run one way, a working copy."""
