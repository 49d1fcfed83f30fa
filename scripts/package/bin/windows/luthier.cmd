@echo off
rem Luthier's command line: the installed program, run as Node.
setlocal
set INIT_CWD=
set ELECTRON_RUN_AS_NODE=1
"%~dp0..\..\Luthier.exe" "%~dp0..\app.asar\out\main\cli.js" %*
