<?php

namespace Api;

class Api
{
}
